package dev.sternpost.server.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Datacenter;
import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.InMemoryInventoryStore;
import dev.sternpost.inventory.store.InMemoryTransactions;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.testkit.VirtualClock;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class InventoryTreeTest {
    private final InMemoryTransactions transactions = new InMemoryTransactions();
    private final Inventory inventory =
            new Inventory(new InMemoryInventoryStore(transactions, new VirtualClock()), transactions);
    private final InventoryTree tree = new InventoryTree(inventory);

    private static void assertFault(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault().code()).isEqualTo(code));
    }

    @Test
    void a_datacenter_comes_with_its_four_folders() {
        Datacenter datacenter = tree.createDatacenter("ada", "", "DC0", "");
        assertThat(inventory.snapshot().findByPath("/DC0/vm").map(ManagedObject::id))
                .contains(datacenter.vmFolderId());
        assertThat(inventory.snapshot().findByPath("/DC0/host")).isPresent();
        assertThat(inventory.snapshot().findByPath("/DC0/datastore")).isPresent();
        assertThat(inventory.snapshot().findByPath("/DC0/network")).isPresent();
    }

    @Test
    void a_datacenter_is_renamed_and_all_paths_below_follow() {
        Datacenter datacenter = tree.createDatacenter("ada", "", "DC0", "");
        tree.createDatacenter("ada", "", "DC1", "");
        assertFault(FaultCode.NAME_TAKEN, () -> tree.renameDatacenter("ada", "/DC0", "DC1", 0));
        assertFault(FaultCode.VERSION_CONFLICT, () -> tree.renameDatacenter("ada", "/DC0", "Berlin", 99));
        assertThat(tree.renameDatacenter("ada", "/DC0", "Berlin", datacenter.version())
                        .name())
                .isEqualTo("Berlin");
        assertThat(inventory.snapshot().findByPath("/Berlin/vm").map(ManagedObject::id))
                .contains(datacenter.vmFolderId());
    }

    @Test
    void a_datacenter_is_removed_once_it_is_empty_with_its_folders() {
        tree.createDatacenter("ada", "", "DC0", "");
        int before = inventory.snapshot().size();
        tree.createDatacenter("ada", "", "DC1", "");
        tree.createCluster("ada", "/DC1/host", "prod", "");
        assertFault(FaultCode.OBJECT_NOT_EMPTY, () -> tree.deleteDatacenter("ada", "/DC1", 0));
        tree.deleteCluster("ada", "/DC1/host/prod", 0);
        tree.createFolder("ada", "/DC1/vm", "web", "");
        assertFault(FaultCode.OBJECT_NOT_EMPTY, () -> tree.deleteDatacenter("ada", "/DC1", 0));
        tree.deleteFolder("ada", "/DC1/vm/web", 0);
        tree.createFolder("ada", "/DC1/network", "left-behind", "");
        tree.deleteDatacenter("ada", "/DC1", 0);
        assertThat(inventory.snapshot().findByPath("/DC1")).isEmpty();
        assertThat(inventory.snapshot().size()).isEqualTo(before);
    }

    @Test
    void a_repeated_request_gets_the_same_object_and_another_one_is_refused() {
        Datacenter first = tree.createDatacenter("ada", "", "DC0", "r1");
        assertThat(tree.createDatacenter("ada", "", "DC0", "r1")).isEqualTo(first);
        assertFault(FaultCode.NAME_TAKEN, () -> tree.createDatacenter("ada", "", "DC0", "r2"));
        assertFault(FaultCode.NAME_TAKEN, () -> tree.createDatacenter("bob", "", "DC0", "r1"));
    }

    @Test
    void an_empty_cluster_can_be_made_and_removed_again() {
        tree.createDatacenter("ada", "", "DC0", "");
        Cluster cluster = tree.createCluster("ada", "/DC0/host", "prod", "");
        assertThat(inventory.snapshot().get(cluster.rootResourcePoolId()).ownerId())
                .isEqualTo(cluster.id());
        assertFault(FaultCode.VERSION_CONFLICT, () -> tree.deleteCluster("ada", "/DC0/host/prod", 99));
        tree.deleteCluster("ada", "/DC0/host/prod", cluster.version());
        assertThat(inventory.snapshot().findByPath("/DC0/host/prod")).isEmpty();
    }

    @Test
    void a_cluster_lies_in_a_host_folder_only() {
        tree.createDatacenter("ada", "", "DC0", "");
        assertFault(FaultCode.REQUEST_INVALID, () -> tree.createCluster("ada", "/DC0/vm", "prod", ""));
    }

    @Test
    void folders_nest_are_renamed_moved_and_removed_when_empty() {
        tree.createDatacenter("ada", "", "DC0", "");
        Folder web = tree.createFolder("ada", "/DC0/vm", "web", "");
        tree.createFolder("ada", "/DC0/vm/web", "inner", "");
        tree.createFolder("ada", "/DC0/vm", "other", "");
        assertFault(
                FaultCode.OBJECT_NOT_EMPTY,
                () -> tree.deleteFolder("ada", web.id().value(), 0));
        tree.moveIntoFolder("ada", "/DC0/vm/other", "/DC0/vm/web/inner");
        tree.renameFolder("ada", "/DC0/vm/other/inner", "outer", 0);
        assertThat(inventory.snapshot().findByPath("/DC0/vm/other/outer")).isPresent();
        tree.deleteFolder("ada", web.id().value(), 0);
        assertThat(inventory.snapshot().findByPath("/DC0/vm/web")).isEmpty();
    }

    @Test
    void a_folder_cannot_be_moved_into_itself_or_another_datacenter_and_fixed_ones_stay() {
        tree.createDatacenter("ada", "", "DC0", "");
        tree.createDatacenter("ada", "", "DC1", "");
        tree.createFolder("ada", "/DC0/vm", "web", "");
        tree.createFolder("ada", "/DC0/vm/web", "inner", "");
        assertFault(FaultCode.MOVE_INVALID, () -> tree.moveIntoFolder("ada", "/DC0/vm/web/inner", "/DC0/vm/web"));
        assertFault(FaultCode.MOVE_INVALID, () -> tree.moveIntoFolder("ada", "/DC1/vm", "/DC0/vm/web"));
        assertFault(FaultCode.REQUEST_INVALID, () -> tree.renameFolder("ada", "/DC0/vm", "vms", 0));
        assertFault(FaultCode.REQUEST_INVALID, () -> tree.deleteFolder("ada", "/DC0/network", 0));
    }

    @Test
    void bad_names_and_unknown_parents_are_refused_and_leave_nothing() {
        tree.createDatacenter("ada", "", "DC0", "");
        long revision = inventory.snapshot().revision();
        assertFault(FaultCode.NAME_INVALID, () -> tree.createFolder("ada", "/DC0/vm", "a/b", ""));
        assertFault(FaultCode.OBJECT_NOT_FOUND, () -> tree.createFolder("ada", "/DC0/vm/none", "x", ""));
        assertThat(inventory.snapshot().revision()).isEqualTo(revision);
    }
}
