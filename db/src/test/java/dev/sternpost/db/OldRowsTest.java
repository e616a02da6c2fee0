package dev.sternpost.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.DrsSettings;
import dev.sternpost.inventory.HaSettings;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.PoolAllocation;
import dev.sternpost.inventory.ResourceAllocation;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.SampleInventory;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.store.InventoryWrite;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What an earlier release wrote is read by this one. */
class OldRowsTest {
    /** Takes away what rows of the first release did not have. */
    private static final String AS_BEFORE = """
            update managed_object set body = case kind
                when 'VIRTUAL_MACHINE' then body #- '{config,cpuAllocation}' #- '{config,memoryAllocation}'
                when 'RESOURCE_POOL' then body - 'cpu' - 'memory'
                when 'HOST' then (body - 'mode') || '{"inMaintenance": true}'::jsonb
                else body - 'drs' - 'rules' - 'ha' end
            where kind in ('VIRTUAL_MACHINE', 'RESOURCE_POOL', 'CLUSTER', 'HOST')""";

    @ParameterizedTest
    @EnumSource
    void objects_of_earlier_releases_are_as_they_were_and_get_what_a_new_one_gets(TestServer server) {
        assumeTrue(server.address().isPresent(), "there is no such PostgreSQL here");
        DbSettings.External settings = server.newDatabase();
        SampleInventory sample = new SampleInventory();
        sample.addVm("web-1", sample.datacenter.vmFolderId(), sample.hosts.getFirst());
        List<ManagedObject> written = sample.objects();
        try (Database database = Database.open(settings)) {
            database.inventoryStore()
                    .commit(InventoryWrite.builder().putAll(written).build());
        }
        JdbcTemplate jdbc =
                new JdbcTemplate(new DriverManagerDataSource(settings.url(), settings.user(), settings.password()));
        jdbc.update(AS_BEFORE);
        jdbc.update("update change_log set changes = (select jsonb_agg(case when m.id is null then c"
                + " else jsonb_set(c, '{object}', m.body) end) from jsonb_array_elements(changes) c"
                + " left join managed_object m on m.id = c #>> '{object,id}')");
        jdbc.update("delete from flyway_schema_history where version::int in (7, 9, 12)");
        Flyway.configure()
                .dataSource(settings.url(), settings.user(), settings.password())
                .locations("classpath:dev/sternpost/db/migration")
                .outOfOrder(true)
                .load()
                .migrate();
        try (Database database = Database.open(settings)) {
            var snapshot = database.inventoryStore().load();
            Cluster cluster = snapshot.get(sample.cluster.id());
            assertThat(cluster.drs()).isEqualTo(DrsSettings.DEFAULT);
            assertThat(cluster.ha()).isEqualTo(HaSettings.DEFAULT);
            assertThat(cluster).isEqualTo(sample.cluster.withVersion(1));
            ResourcePool pool = snapshot.get(sample.rootPool.id());
            assertThat(pool.cpu()).isEqualTo(PoolAllocation.NORMAL);
            Host host = snapshot.get(sample.hosts.getFirst().id());
            assertThat(host.mode()).isEqualTo(HostMode.MAINTENANCE);
            VirtualMachine vm = snapshot.resolve("web-1", VirtualMachine.class);
            assertThat(vm.config().memoryAllocation()).isEqualTo(ResourceAllocation.NORMAL);
            assertThat(database.inventoryStore().deltasAfter(1, 10))
                    .singleElement()
                    .satisfies(delta -> assertThat(delta.changes())
                            .contains(
                                    new InventoryDelta.Put(cluster),
                                    new InventoryDelta.Put(host),
                                    new InventoryDelta.Put(vm)));
        }
    }
}
