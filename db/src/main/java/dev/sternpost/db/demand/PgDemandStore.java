package dev.sternpost.db.demand;

import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.demand.DemandStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code drs_demand}. */
public final class PgDemandStore implements DemandStore {
    private static final int PAGE = 1_000;

    private final JdbcTemplate jdbc;

    public PgDemandStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    private record Row(String vmId, byte[] model) {}

    @Override
    public void forEach(BiConsumer<VirtualMachineId, byte[]> reader) {
        String after = "";
        List<Row> page;
        do {
            page = jdbc.query(
                    "select vm_id, model from drs_demand where vm_id > ? order by vm_id limit ?",
                    (row, index) -> new Row(row.getString(1), row.getBytes(2)),
                    after,
                    PAGE);
            for (Row row : page) {
                reader.accept(new VirtualMachineId(row.vmId()), row.model());
                after = row.vmId();
            }
        } while (page.size() == PAGE);
    }

    @Override
    public void save(Map<VirtualMachineId, byte[]> models) {
        jdbc.batchUpdate(
                """
                insert into drs_demand (vm_id, model) values (?, ?)
                on conflict (vm_id) do update set model = excluded.model""",
                models.entrySet().stream()
                        // Always in the same order, so that two servers never wait for each other in a ring.
                        .sorted(Map.Entry.comparingByKey())
                        .map(each -> new Object[] {each.getKey().value(), each.getValue()})
                        .toList());
    }

    @Override
    public void removeAll(Collection<VirtualMachineId> vms) {
        jdbc.batchUpdate(
                "delete from drs_demand where vm_id = ?",
                vms.stream().sorted().map(vm -> new Object[] {vm.value()}).toList());
    }
}
