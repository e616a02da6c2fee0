package dev.sternpost.db.pass;

import dev.sternpost.db.json.Json;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.pass.PassStore;
import dev.sternpost.inventory.pass.StoredPass;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code drs_pass}. */
public final class PgPassStore implements PassStore {
    private static final String GLANCE =
            "number, cluster_id, time, trigger, recommendation_count, score_before, score_after, stopped";

    private final JdbcTemplate jdbc;
    private final Kept kept;

    public PgPassStore(JdbcTemplate jdbc, Kept kept) {
        this.jdbc = jdbc;
        this.kept = kept;
    }

    @Override
    public StoredPass add(StoredPass pass, byte[] content) {
        Long number = jdbc.queryForObject(
                """
                insert into drs_pass (cluster_id, time, trigger, recommendation_count, score_before, score_after,
                    stopped, content)
                values (?, ?, ?, ?, ?, ?, ?, ?) returning number""",
                Long.class,
                pass.clusterId().value(),
                OffsetDateTime.ofInstant(pass.time(), ZoneOffset.UTC),
                Json.storable(pass.trigger()),
                pass.recommendationCount(),
                pass.scoreBefore(),
                pass.scoreAfter(),
                Json.storable(pass.stopped()),
                content);
        if (number == null) {
            throw new IllegalStateException("a stored pass has a number");
        }
        trim(pass.clusterId());
        return pass.withNumber(number);
    }

    private void trim(ClusterId cluster) {
        jdbc.update("""
                delete from drs_pass where number in (
                    select number from (
                        select number, row_number() over newest as place,
                            sum(length(content)) over newest as bytes
                        from drs_pass where cluster_id = ? window newest as (order by number desc)) as counted
                    where place > 1 and (place > ? or bytes > ?))""", cluster.value(), kept.passes(), kept.bytes());
    }

    @Override
    public List<StoredPass> list(ClusterId clusterId, long before, int limit) {
        return jdbc.query(
                "select " + GLANCE + " from drs_pass where cluster_id = ? and number < ? order by number desc limit ?",
                PgPassStore::read,
                clusterId.value(),
                before,
                Math.clamp(limit, 1, LIST_MAX));
    }

    @Override
    public Optional<StoredPass> find(long number) {
        return jdbc.query("select " + GLANCE + " from drs_pass where number = ?", PgPassStore::read, number).stream()
                .findFirst();
    }

    @Override
    public Optional<byte[]> content(long number) {
        return jdbc
                .query("select content from drs_pass where number = ?", (row, index) -> row.getBytes(1), number)
                .stream()
                .findFirst();
    }

    @Override
    public void removeAll(ClusterId clusterId) {
        jdbc.update("delete from drs_pass where cluster_id = ?", clusterId.value());
    }

    private static StoredPass read(ResultSet row, int index) throws SQLException {
        return new StoredPass(
                row.getLong("number"),
                new ClusterId(row.getString("cluster_id")),
                row.getObject("time", OffsetDateTime.class).toInstant(),
                row.getString("trigger"),
                row.getInt("recommendation_count"),
                row.getDouble("score_before"),
                row.getDouble("score_after"),
                row.getString("stopped"));
    }
}
