package dev.sternpost.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.Property;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class InventorySnapshotTest {
    private final SampleInventory sample = new SampleInventory();
    private final Folder web = sample.addFolder(sample.datacenter.vmFolderId(), "web");
    private final VirtualMachine app = sample.addVm("app-1", web.id(), sample.hosts.getFirst());
    private final VirtualMachine twin = sample.addVm("app-1", sample.datacenter.vmFolderId(), sample.hosts.get(1));
    private final VirtualMachine lone = sample.addVm("lone", web.id(), sample.hosts.getFirst());
    private final InventorySnapshot snapshot = sample.snapshot();

    private static void assertFault(FaultCode code, String messagePart, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FaultException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.fault().message()).contains(messagePart);
        });
    }

    @Test
    void an_object_is_found_by_id_path_uuid_and_unique_name() {
        VirtualMachine expected = (VirtualMachine) app.withVersion(1);
        assertThat(snapshot.resolve(app.id().value())).isEqualTo(expected);
        assertThat(snapshot.resolve("/DC0/vm/web/app-1")).isEqualTo(expected);
        assertThat(snapshot.resolve("/DC0/vm/web/app-1/")).isEqualTo(expected);
        assertThat(snapshot.resolve(app.uuid().toString().toUpperCase(Locale.ROOT)))
                .isEqualTo(expected);
        assertThat(snapshot.resolve("lone", VirtualMachine.class)).isEqualTo(lone.withVersion(1));
        assertThat(snapshot.resolve(sample.datastore.uuid().toString(), Datastore.class))
                .isEqualTo(sample.datastore.withVersion(1));
        assertThat(snapshot.resolve("/")).isEqualTo(Folder.ROOT);
        assertThat(snapshot.resolve("/DC0/host/prod/host-2", Host.class).name()).isEqualTo("host-2");
    }

    @Test
    void the_holders_of_a_mac_address_are_found_as_long_as_they_hold_it() {
        String address = app.config().nics().getFirst().macAddress();
        List<VirtualMachine> holders = snapshot.objects(VirtualMachine.class).stream()
                .filter(vm -> vm.config().nics().stream()
                        .anyMatch(nic -> nic.macAddress().equals(address)))
                .toList();

        assertThat(snapshot.findByMac(address)).isEqualTo(holders).hasSizeGreaterThan(1);
        assertThat(snapshot.findByMac("52:54:00:99:99:99")).isEmpty();
        VirtualMachine first = holders.getFirst();
        InventorySnapshot without = snapshot.apply(
                new InventoryDelta(snapshot.revision() + 1, List.of(new InventoryDelta.Removed(first.id()))));
        assertThat(without.findByMac(address)).isEqualTo(holders.subList(1, holders.size()));
    }

    @Test
    void an_ambiguous_name_is_refused_with_the_paths_of_all_candidates() {
        assertFault(FaultCode.NAME_AMBIGUOUS, "/DC0/vm/web/app-1 (" + app.id() + ")", () -> snapshot.resolve("app-1"));
        assertFault(FaultCode.NAME_AMBIGUOUS, "/DC0/vm/app-1 (" + twin.id() + ")", () -> snapshot.resolve("app-1"));
    }

    @Test
    void a_name_need_only_be_unique_among_the_wanted_kind() {
        sample.addFolder(sample.datacenter.vmFolderId(), "lone");
        InventorySnapshot both = sample.snapshot();
        assertFault(FaultCode.NAME_AMBIGUOUS, "2 objects", () -> both.resolve("lone"));
        assertThat(both.resolve("lone", VirtualMachine.class).id()).isEqualTo(lone.id());
    }

    @Test
    void what_is_not_there_and_what_is_of_another_kind_is_not_found() {
        assertFault(FaultCode.OBJECT_NOT_FOUND, "no object \"nothing\"", () -> snapshot.resolve("nothing"));
        assertFault(FaultCode.OBJECT_NOT_FOUND, "no object", () -> snapshot.resolve(""));
        assertFault(FaultCode.OBJECT_NOT_FOUND, "no object", () -> snapshot.resolve("/DC0/vm/none"));
        assertFault(FaultCode.OBJECT_NOT_FOUND, "no object", () -> snapshot.resolve("/DC0//vm"));
        assertFault(FaultCode.OBJECT_NOT_FOUND, "no virtual machine", () -> snapshot.get(VirtualMachineId.of(5)));
        assertFault(
                FaultCode.OBJECT_NOT_FOUND,
                "is a virtual machine, but a host is wanted",
                () -> snapshot.resolve(app.id().value(), Host.class));
        assertFault(
                FaultCode.OBJECT_NOT_FOUND,
                "is a folder, but a virtual machine is wanted",
                () -> snapshot.resolve("/DC0/vm/web", VirtualMachine.class));
    }

    @Test
    void an_id_wins_over_a_name() {
        SampleInventory low = new SampleInventory(new AtomicLong(1));
        Host first = low.hosts.getFirst();
        InventorySnapshot ids = low.snapshot();
        Host misnamed = ids.get(low.hosts.get(1).id()).withName(first.id().value());
        InventorySnapshot after = ids.apply(new InventoryDelta(2, List.of(new InventoryDelta.Put(misnamed))));
        assertThat(after.resolve(first.id().value(), Host.class).id()).isEqualTo(first.id());
    }

    @Test
    void the_tree_can_be_walked_up_and_down() {
        assertThat(snapshot.children(web.id())).extracting(ManagedObject::name).containsExactly("app-1", "lone");
        assertThat(snapshot.children(app.id())).isEmpty();
        assertThat(snapshot.ancestors(app.id()))
                .extracting(ManagedObject::name)
                .containsExactly("web", "vm", "DC0", "Datacenters");
        assertThat(snapshot.pathOf(sample.rootPool.id())).isEqualTo("/DC0/host/prod/Resources");
        assertThat(snapshot.pathOf(FolderId.ROOT)).isEqualTo("/");
        assertThat(snapshot.descendants(FolderId.ROOT)).hasSize(snapshot.size() - 1);
        assertThat(snapshot.datacenterOf(app.id())).map(Datacenter::name).contains("DC0");
        assertThat(snapshot.datacenterOf(FolderId.ROOT)).isEmpty();
        assertThat(snapshot.clusterOf(sample.hosts.getFirst().id()))
                .map(Cluster::name)
                .contains("prod");
        assertThat(snapshot.isBelow(app.id(), sample.datacenter.id())).isTrue();
        assertThat(snapshot.isBelow(app.id(), sample.cluster.id())).isFalse();
    }

    @Test
    void users_of_an_object_are_found_from_it() {
        assertThat(snapshot.vmsOn(sample.hosts.getFirst().id()))
                .extracting(VirtualMachine::id)
                .containsExactly(app.id(), lone.id());
        assertThat(snapshot.vmsOn(sample.datastore.id())).hasSize(3);
        assertThat(snapshot.vmsOn(sample.network.id())).hasSize(3);
        assertThat(snapshot.vmsIn(sample.rootPool.id())).hasSize(3);
        assertThat(snapshot.hostsOf(sample.cluster.id())).hasSize(3);
        assertThat(snapshot.hostsWith(sample.datastore.id())).hasSize(3);
        assertThat(snapshot.hostsWith(sample.network.id())).hasSize(3);
    }

    @Test
    void a_moved_vm_is_found_at_its_new_place_only() {
        VirtualMachine moved = snapshot.get(app.id())
                .withOwner(sample.hosts.get(2).id(), 2)
                .withParentId(sample.datacenter.vmFolderId())
                .withName("moved");
        InventorySnapshot after = snapshot.apply(new InventoryDelta(2, List.of(new InventoryDelta.Put(moved))));
        assertThat(after.vmsOn(sample.hosts.getFirst().id()))
                .extracting(VirtualMachine::id)
                .containsExactly(lone.id());
        assertThat(after.vmsOn(sample.hosts.get(2).id())).containsExactly(moved);
        assertThat(after.findByPath("/DC0/vm/web/app-1")).isEmpty();
        assertThat(after.findByPath("/DC0/vm/moved")).contains(moved);
        assertThat(after.resolve("app-1").id()).isEqualTo(twin.id());
        assertThat(snapshot.findByPath("/DC0/vm/web/app-1")).isPresent();
    }

    @Test
    void a_delta_out_of_order_is_refused() {
        assertThatThrownBy(() -> snapshot.apply(new InventoryDelta(3, List.of())))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> snapshot.apply(new InventoryDelta(1, List.of())))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void pages_of_objects_cover_all_once_in_the_order_of_ids() {
        List<ManagedObject> all = new ArrayList<>();
        List<ManagedObject> page = snapshot.objectsAfter(null, 4);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(4);
            all.addAll(page);
            page = snapshot.objectsAfter(page.getLast().id(), 4);
        }
        assertThat(all).isEqualTo(snapshot.objects()).hasSize(snapshot.size());
        assertThat(all).extracting(ManagedObject::id).isSorted();
        assertThat(snapshot.objects(VirtualMachine.class)).hasSize(3);
        assertThat(snapshot.objects(Folder.class)).hasSize(6);
    }

    @Test
    void a_snapshot_moved_by_deltas_is_the_one_loaded_afterwards() {
        Property.holds("apply = load", random -> {
            Map<ManagedObjectId, ManagedObject> model = new TreeMap<>();
            sample.snapshot().objects().forEach(object -> model.put(object.id(), object));
            InventorySnapshot now = sample.snapshot();
            int steps = random.sized(1, 40);
            long number = 5_000;
            for (int i = 0; i < steps; i++) {
                List<InventoryDelta.ObjectChange> changes = new ArrayList<>();
                List<VirtualMachine> vms = now.objects(VirtualMachine.class);
                if (vms.isEmpty() || random.chance(0.5)) {
                    VirtualMachine vm = new SampleInventory(new AtomicLong(number += 50))
                            .vm("new-" + i, web.id(), random.pick(sample.hosts));
                    changes.add(new InventoryDelta.Put(vm.withVersion(1)));
                } else if (random.chance(0.5)) {
                    changes.add(new InventoryDelta.Removed(random.pick(vms).id()));
                } else {
                    VirtualMachine vm = random.pick(vms);
                    changes.add(new InventoryDelta.Put(
                            vm.withOwner(random.pick(sample.hosts).id(), vm.generation() + 1)
                                    .withName("renamed-" + i)
                                    .withVersion(vm.version() + 1)));
                }
                now = now.apply(new InventoryDelta(now.revision() + 1, changes));
                apply(model, changes);
            }
            InventorySnapshot loaded = InventorySnapshot.of(now.revision(), model.values());
            assertThat(now.objects()).isEqualTo(loaded.objects());
            for (ManagedObject object : now.objects()) {
                assertThat(now.children(object.id())).isEqualTo(loaded.children(object.id()));
                assertThat(now.users(object.id())).isEqualTo(loaded.users(object.id()));
                assertThat(now.findByPath(now.pathOf(object.id()))).contains(object);
            }
        });
    }

    private static void apply(Map<ManagedObjectId, ManagedObject> model, List<InventoryDelta.ObjectChange> changes) {
        for (InventoryDelta.ObjectChange change : changes) {
            switch (change) {
                case InventoryDelta.Put put -> model.put(put.id(), put.object());
                case InventoryDelta.Removed removed -> model.remove(removed.id());
            }
        }
    }

    @Test
    void a_change_among_45000_virtual_machines_copies_next_to_nothing() {
        AtomicLong ids = new AtomicLong(ObjectName.ID_NUMBER_MIN);
        SampleInventory large = new SampleInventory(ids);
        List<Folder> folders = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            folders.add(large.addFolder(large.datacenter.vmFolderId(), "folder-" + i));
        }
        for (int i = 0; i < 45_000; i++) {
            large.addVm("vm" + i, folders.get(i % 45).id(), large.hosts.get(i % 3));
        }
        InventorySnapshot now = large.snapshot();
        VirtualMachine vm = now.resolve("vm44999", VirtualMachine.class);
        int changes = 20_000;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < changes; i++) {
            vm = vm.withNextGeneration();
            now = now.apply(new InventoryDelta(now.revision() + 1, List.of(new InventoryDelta.Put(vm))));
        }
        double microsEach = (threads.getCurrentThreadCpuTime() - begin) / 1_000.0 / changes;
        assertThat(now.resolve("vm44999", VirtualMachine.class).generation()).isEqualTo(changes + 1L);
        // Copying 45,000 references would take several hundred; processor time, so that a busy machine does not matter.
        assertThat(microsEach).as("microseconds of processor time per change").isLessThan(300);
    }
}
