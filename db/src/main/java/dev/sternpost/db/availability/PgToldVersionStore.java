package dev.sternpost.db.availability;

import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.availability.ToldVersion;
import dev.sternpost.inventory.availability.ToldVersionStore;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code cluster_availability}. */
public final class PgToldVersionStore implements ToldVersionStore {
    private final JdbcTemplate jdbc;

    public PgToldVersionStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<ToldVersion> all() {
        return jdbc.query(
                "select cluster_id, version, digest from cluster_availability",
                (row, index) -> new ToldVersion(new ClusterId(row.getString(1)), row.getLong(2), row.getString(3)));
    }

    @Override
    public void put(ToldVersion told) {
        jdbc.update("""
                insert into cluster_availability (cluster_id, version, digest) values (?, ?, ?)
                on conflict (cluster_id) do update set version = excluded.version, digest = excluded.digest""", told.clusterId().value(), told.version(), told.digest());
    }

    @Override
    public void remove(ClusterId id) {
        jdbc.update("delete from cluster_availability where cluster_id = ?", id.value());
    }
}
