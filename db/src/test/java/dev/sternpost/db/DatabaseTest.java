package dev.sternpost.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.FolderType;
import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.GuestToolsState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.SampleInventory;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.sso.EnrolmentToken;
import dev.sternpost.sso.SecretHash;
import dev.sternpost.sso.UserName;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskQuery;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only a real server can show. */
class DatabaseTest {
    private static Folder folder(Inventory inventory, String name) {
        return Folder.create(FolderId.of(FolderType.DATACENTER, inventory.nextIdNumber()), name, FolderId.ROOT);
    }

    private static InventoryWrite making(Folder folder) {
        return InventoryWrite.builder()
                .put(folder)
                .event(EventDraft.about(folder, EventType.FOLDER_CREATED, "made " + folder.name()))
                .build();
    }

    private static void writeEverywhere(Database database, Inventory inventory) {
        database.taskStore()
                .create(
                        new TaskDraft("Folder.create", "group-d1", "x", "admin", "r-1", "d", "{}", Set.of("name:x")),
                        "server");
        Instant now = Instant.parse("2030-01-01T00:00:00Z");
        database.identityStore()
                .addEnrolmentToken(new EnrolmentToken(
                        "00000000000000aa",
                        SecretHash.of("secret"),
                        new HostId("host-1"),
                        UserName.ADMINISTRATOR,
                        now,
                        now.plusSeconds(60)));
        inventory.commit(making(folder(inventory, "east")));
    }

    @ParameterizedTest
    @EnumSource
    void writes_of_all_three_stores_happen_together_or_not_at_all(TestServer server) {
        Database database = TestDatabase.fresh(server).database();
        Inventory inventory = new Inventory(database.inventoryStore(), database.transactions());
        assertThatThrownBy(() -> database.transactions().inTransaction(() -> {
                    writeEverywhere(database, inventory);
                    throw new IllegalArgumentException("roll back");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(inventory.snapshot().size()).isEqualTo(1);
        assertThat(database.taskStore().list(new TaskQuery(null, false, null, 10)))
                .isEmpty();
        assertThat(database.identityStore().enrolmentToken("00000000000000aa")).isEmpty();

        database.transactions().inTransaction(() -> writeEverywhere(database, inventory));
        assertThat(inventory.snapshot().size()).isEqualTo(2);
        assertThat(database.taskStore().list(new TaskQuery(null, false, null, 10)))
                .hasSize(1);
        assertThat(database.identityStore().enrolmentToken("00000000000000aa")).isPresent();
    }

    @Test
    void a_failure_of_the_database_in_one_store_takes_the_others_writes_with_it() {
        Database database = TestDatabase.fresh(TestServer.EMBEDDED).database();
        Inventory inventory = new Inventory(database.inventoryStore(), database.transactions());
        writeEverywhere(database, inventory);
        assertThatThrownBy(() -> database.transactions().inTransaction(() -> {
                    inventory.commit(making(folder(inventory, "west")));
                    writeEverywhere(database, inventory);
                }))
                .isInstanceOf(RuntimeException.class);
        assertThat(inventory.snapshot().findByPath("/west")).isEmpty();
        assertThat(database.inventoryStore().load().findByPath("/west")).isEmpty();
        inventory.commit(making(folder(inventory, "north")));
        assertThat(inventory.snapshot().objects())
                .isEqualTo(database.inventoryStore().load().objects());
    }

    @Test
    void a_character_postgresql_cannot_keep_does_not_stop_a_report() {
        Database database = TestDatabase.fresh(TestServer.EMBEDDED).database();
        Inventory inventory = new Inventory(database.inventoryStore(), database.transactions());
        SampleInventory sample = new SampleInventory();
        VirtualMachine vm = sample.addVm("app-1", sample.datacenter.vmFolderId(), sample.hosts.getFirst());
        inventory.commit(InventoryWrite.builder().putAll(sample.objects()).build());
        GuestInfo guest =
                new GuestInfo(GuestToolsState.RUNNING, "a\0b\\u0000", "Löwe \uD83D\uDC27", List.of("10.77.0.5"));
        inventory.commit(snapshot -> InventoryWrite.builder()
                .put(snapshot.get(vm.id()).withRuntime(new VmRuntime(PowerState.POWERED_ON, guest, null, "")))
                .event(EventDraft.about(vm, EventType.VM_IP_ADDRESS_CHANGED, "is a\0b"))
                .build());
        GuestInfo stored = database.inventoryStore().load().get(vm.id()).guest();
        assertThat(stored.hostName()).isEqualTo("a\uFFFDb\\u0000");
        assertThat(stored.osName()).isEqualTo("Löwe \uD83D\uDC27");
        assertThat(database.inventoryStore()
                        .events(EventQuery.newest(1))
                        .getFirst()
                        .message())
                .isEqualTo("is a\uFFFDb");
    }

    @Test
    void rows_can_be_read_by_administrators_who_know_sql() {
        TestDatabase fresh = TestDatabase.fresh(TestServer.EMBEDDED);
        Inventory inventory = new Inventory(
                fresh.database().inventoryStore(), fresh.database().transactions());
        SampleInventory sample = new SampleInventory();
        VirtualMachine vm = sample.addVm("app-1", sample.datacenter.vmFolderId(), sample.hosts.getFirst());
        inventory.commit(InventoryWrite.builder().putAll(sample.objects()).build());
        assertThat(fresh.jdbc().queryForObject("""
                                select h.name || ' ' || (v.body->'config'->>'memoryBytes') || ' '
                                    || (v.body->'runtime'->>'powerState')
                                from managed_object v join managed_object h on h.id = v.body->>'hostId'
                                where v.kind = 'VIRTUAL_MACHINE'""", String.class)).isEqualTo("host-1 536870912 POWERED_OFF");
        assertThat(fresh.jdbc()
                        .queryForObject(
                                "select string_agg(k, ' ' order by k) from managed_object, jsonb_object_keys(body) k"
                                        + " where id = ?",
                                String.class,
                                vm.id().value()))
                .isEqualTo("config datastoreId directory generation hostId id name parentId resourcePoolId runtime"
                        + " status statusReason template uuid version vmxName");
    }

    @Test
    void an_object_changed_by_another_hand_is_met_with_a_conflict() {
        TestDatabase fresh = TestDatabase.fresh(TestServer.EMBEDDED);
        Inventory inventory = new Inventory(
                fresh.database().inventoryStore(), fresh.database().transactions());
        Folder east = folder(inventory, "east");
        inventory.commit(making(east));
        fresh.jdbc()
                .update(
                        "update managed_object set version = 7 where id = ?",
                        east.id().value());
        assertThatThrownBy(() -> inventory.commit(snapshot -> InventoryWrite.builder()
                        .put(snapshot.get(east.id()).withName("west"))
                        .build()))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.code()).isEqualTo(FaultCode.VERSION_CONFLICT));
    }

    @Test
    void a_database_that_is_not_there_is_an_error_that_says_so() throws Exception {
        String url = "jdbc:postgresql://127.0.0.1:" + TestServer.freePort() + "/nothing";
        assertThatThrownBy(() -> Database.open(new DbSettings.External(url, "nobody", "secret-word")))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.code()).isEqualTo(FaultCode.DATABASE_UNREACHABLE))
                .hasStackTraceContaining("refused")
                .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("secret-word"));
        assertThat(new DbSettings.External(url, "nobody", "secret-word").toString())
                .doesNotContain("secret-word");
    }

    private static String stackTrace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void an_inventory_of_45000_virtual_machines_is_written_read_and_moved_on_quickly() {
        Database database = TestDatabase.fresh(TestServer.EMBEDDED).database();
        Inventory inventory = new Inventory(database.inventoryStore(), database.transactions());
        SampleInventory sample = new SampleInventory();
        List<Folder> folders = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            folders.add(sample.addFolder(sample.datacenter.vmFolderId(), "folder-" + i));
        }
        for (int i = 0; i < 45_000; i++) {
            sample.addVm("vm" + i, folders.get(i % 45).id(), sample.hosts.get(i % 3));
        }
        long begin = System.nanoTime();
        List<ManagedObject> all = sample.objects();
        for (int i = 0; i < all.size(); i += 5_000) {
            List<ManagedObject> part = all.subList(i, Math.min(all.size(), i + 5_000));
            inventory.commit(InventoryWrite.builder().putAll(part).build());
        }
        long written = System.nanoTime();
        InventorySnapshot loaded = database.inventoryStore().load();
        long read = System.nanoTime();
        int changes = 200;
        for (int i = 0; i < changes; i++) {
            String name = "vm" + i;
            inventory.commit(snapshot -> InventoryWrite.builder()
                    .put(snapshot.resolve(name, VirtualMachine.class).withNextGeneration())
                    .event(EventDraft.of(EventType.SERVER_STARTED, name))
                    .build());
        }
        long changed = System.nanoTime();
        System.out.printf(
                "45,000 VMs: write %d ms, load %d ms, one commit %.2f ms%n",
                TimeUnit.NANOSECONDS.toMillis(written - begin),
                TimeUnit.NANOSECONDS.toMillis(read - written),
                (changed - read) / 1e6 / changes);
        assertThat(loaded.size()).isEqualTo(inventory.snapshot().size()).isGreaterThan(45_000);
        assertThat((changed - read) / 1e6 / changes)
                .as("milliseconds per commit")
                .isLessThan(250);
        InventoryDelta last =
                inventory.deltasAfter(inventory.snapshot().revision() - 1, 10).getFirst();
        assertThat(last.changes()).hasSize(1);
    }
}
