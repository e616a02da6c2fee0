package dev.sternpost.db.power;

import dev.sternpost.db.json.Json;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.power.ClusterPower;
import dev.sternpost.inventory.power.HostPowerSetup;
import dev.sternpost.inventory.power.PowerStore;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code cluster_power} and {@code host_power}. */
public final class PgPowerStore implements PowerStore {
    private final JdbcTemplate jdbc;

    public PgPowerStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<ClusterPower> clusters() {
        return jdbc.query(
                "select body from cluster_power", (row, index) -> Json.read(row.getString(1), ClusterPower.class));
    }

    @Override
    public List<HostPowerSetup> hosts() {
        return jdbc.query(
                "select body from host_power", (row, index) -> Json.read(row.getString(1), HostPowerSetup.class));
    }

    @Override
    public void put(ClusterPower power) {
        jdbc.update("""
                insert into cluster_power (cluster_id, body) values (?, ?::jsonb)
                on conflict (cluster_id) do update set body = excluded.body""", power.clusterId().value(), Json.storable(Json.write(power)));
    }

    @Override
    public void put(HostPowerSetup setup) {
        jdbc.update("""
                insert into host_power (host_id, body) values (?, ?::jsonb)
                on conflict (host_id) do update set body = excluded.body""", setup.hostId().value(), Json.storable(Json.write(setup)));
    }

    @Override
    public void remove(ClusterId id) {
        jdbc.update("delete from cluster_power where cluster_id = ?", id.value());
    }

    @Override
    public void remove(HostId id) {
        jdbc.update("delete from host_power where host_id = ?", id.value());
    }
}
