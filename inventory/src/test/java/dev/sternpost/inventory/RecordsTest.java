package dev.sternpost.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RecordsTest {
    private final SampleInventory sample = new SampleInventory();
    private final VirtualMachine vm = sample.addVm("app-1", sample.datacenter.vmFolderId(), sample.hosts.getFirst());

    @Test
    void a_change_of_owner_raises_the_generation() {
        assertThat(vm.withOwner(sample.hosts.get(1).id(), 2).generation()).isEqualTo(2);
        assertThat(vm.withNextGeneration().generation()).isEqualTo(2);
        assertThatThrownBy(() -> vm.withOwner(sample.hosts.get(1).id(), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void each_wither_changes_only_what_it_says() {
        assertThat(vm.withName("b").withName("app-1")).isEqualTo(vm);
        assertThat(vm.withTemplate(true).withTemplate(false)).isEqualTo(vm);
        assertThat(vm.withRuntime(VmRuntime.SUSPENDED).withRuntime(vm.runtime()))
                .isEqualTo(vm);
        assertThat(vm.withStatus(OverallStatus.RED, "x").withStatus(OverallStatus.GREEN, ""))
                .isEqualTo(vm);
        assertThat(vm.withConfig(vm.config().withNics(List.of())).withConfig(vm.config()))
                .isEqualTo(vm);
        assertThat(vm.withResourcePoolId(ResourcePoolId.of(1)).withResourcePoolId(vm.resourcePoolId()))
                .isEqualTo(vm);
    }

    @Test
    void a_template_is_off() {
        VmRuntime on = new VmRuntime(PowerState.POWERED_ON, GuestInfo.UNKNOWN, null, "unix:/x");
        assertThatThrownBy(() -> vm.withTemplate(true).withRuntime(on)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> vm.withRuntime(on).withTemplate(true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nonsense_is_refused_where_it_is_made() {
        assertThatThrownBy(() -> vm.withName("a/b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new VirtualNic("nic0", sample.network.id(), "52:54:00:00:00:0G"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new VirtualDisk("disk0", 0, DiskProvisioning.THIN, "", 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new VmConfig(0, 1, Firmware.BIOS, List.of(), List.of(), ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Folder(FolderId.ROOT, "x", FolderId.ROOT, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Host.create(HostId.of(1), "h", sample.datacenter.id()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_status_of_a_host_and_a_datastore_says_whether_they_can_be_used() {
        Host host = sample.hosts.getFirst();
        assertThat(host.status()).isEqualTo(OverallStatus.GREEN);
        assertThat(host.withConnection(HostConnectionState.NOT_RESPONDING, 1, null)
                        .status())
                .isEqualTo(OverallStatus.RED);
        assertThat(host.withConnection(HostConnectionState.DISCONNECTED, 1, null)
                        .status())
                .isEqualTo(OverallStatus.GRAY);
        assertThat(sample.datastore.observed(100, 50, true).status()).isEqualTo(OverallStatus.GREEN);
        assertThat(sample.datastore.observed(100, 4, true).status()).isEqualTo(OverallStatus.YELLOW);
        assertThat(sample.datastore.observed(100, 50, false).status()).isEqualTo(OverallStatus.RED);
    }

    @Test
    void a_host_lists_what_it_sees_once_and_in_order() {
        Host host = sample.hosts.getFirst();
        Host listed = host.withReport(
                Objects.requireNonNull(host.facts()),
                List.of(DatastoreId.of(11), DatastoreId.of(9), DatastoreId.of(11)),
                List.of());
        assertThat(listed.datastoreIds()).containsExactly(DatastoreId.of(9), DatastoreId.of(11));
    }
}
