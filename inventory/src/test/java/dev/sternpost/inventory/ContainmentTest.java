package dev.sternpost.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ContainmentTest {
    private final AtomicLong ids = new AtomicLong(ObjectName.ID_NUMBER_MIN);
    private final SampleInventory sample = new SampleInventory(ids);
    private final SampleInventory other = new SampleInventory(ids, "DC1");
    private final Folder web = sample.addFolder(sample.datacenter.vmFolderId(), "web");
    private final Folder deep = sample.addFolder(web.id(), "deep");
    private final VirtualMachine vm = sample.addVm("app-1", web.id(), sample.hosts.getFirst());

    private InventorySnapshot both() {
        List<ManagedObject> all = new ArrayList<>(sample.snapshot().objects());
        other.objects().forEach(object -> all.add(object.withVersion(1)));
        return InventorySnapshot.of(1, all);
    }

    private void allowed(ManagedObject object) {
        assertThatCode(() -> Containment.check(both(), object)).doesNotThrowAnyException();
    }

    private void refused(FaultCode code, ManagedObject object) {
        assertThatThrownBy(() -> Containment.check(both(), object))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void what_lies_in_the_sample_may_lie_there() {
        both().objects().forEach(this::allowed);
    }

    @Test
    void a_vm_moves_within_its_datacenter_only() {
        allowed(vm.withParentId(deep.id()));
        allowed(vm.withParentId(sample.datacenter.vmFolderId()));
        refused(FaultCode.MOVE_INVALID, vm.withParentId(other.datacenter.vmFolderId()));
        refused(FaultCode.MOVE_INVALID, vm.withParentId(sample.datacenter.hostFolderId()));
        refused(FaultCode.OBJECT_NOT_FOUND, vm.withParentId(FolderId.of(FolderType.VIRTUAL_MACHINE, 7)));
    }

    @Test
    void a_folder_stays_among_its_type_and_out_of_itself() {
        allowed(deep.withParentId(sample.datacenter.vmFolderId()));
        refused(FaultCode.MOVE_INVALID, web.withParentId(deep.id()));
        refused(FaultCode.MOVE_INVALID, web.withParentId(web.id()));
        refused(FaultCode.MOVE_INVALID, web.withParentId(sample.datacenter.hostFolderId()));
        refused(FaultCode.MOVE_INVALID, web.withParentId(sample.datacenter.id()));
        refused(FaultCode.MOVE_INVALID, web.withParentId(other.datacenter.vmFolderId()));
    }

    @Test
    void the_folders_of_a_datacenter_stay_where_they_are() {
        Folder vmFolder = both().get(sample.datacenter.vmFolderId());
        refused(FaultCode.MOVE_INVALID, vmFolder.withParentId(web.id()));
    }

    @Test
    void a_host_lies_in_a_cluster_or_a_folder_of_hosts() {
        Host host = sample.hosts.getFirst();
        allowed(host.withParentId(sample.datacenter.hostFolderId()));
        refused(FaultCode.MOVE_INVALID, host.withParentId(web.id()));
        refused(FaultCode.MOVE_INVALID, host.withParentId(other.cluster.id()));
    }

    @Test
    void a_datacenter_moves_between_folders_of_datacenters() {
        Folder east = Folder.create(FolderId.of(FolderType.DATACENTER, 9_000), "east", FolderId.ROOT);
        InventorySnapshot snapshot = both().apply(new InventoryDelta(2, List.of(new InventoryDelta.Put(east))));
        assertThatCode(() -> Containment.check(snapshot, sample.datacenter.withParentId(east.id())))
                .doesNotThrowAnyException();
    }

    @Test
    void a_tree_does_not_grow_beyond_its_greatest_depth() {
        InventorySnapshot snapshot = both();
        FolderId at = web.id();
        int depth = snapshot.ancestors(at).size() + 1;
        while (depth < InventorySnapshot.DEPTH_MAX) {
            Folder next = Folder.create(FolderId.of(FolderType.VIRTUAL_MACHINE, ids.getAndIncrement()), "f", at);
            Containment.check(snapshot, next);
            snapshot =
                    snapshot.apply(new InventoryDelta(snapshot.revision() + 1, List.of(new InventoryDelta.Put(next))));
            at = next.id();
            depth++;
        }
        InventorySnapshot full = snapshot;
        Folder tooDeep = Folder.create(FolderId.of(FolderType.VIRTUAL_MACHINE, ids.getAndIncrement()), "f", at);
        assertThatThrownBy(() -> Containment.check(full, tooDeep)).hasMessageContaining("deeper than");
        assertThat(full.pathOf(at)).endsWith("/f");
    }
}
