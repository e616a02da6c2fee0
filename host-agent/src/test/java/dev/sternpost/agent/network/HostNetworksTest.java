package dev.sternpost.agent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.NicShape;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostNetworksTest {

    private final FakeBackend lan = new FakeBackend();
    private final FakeBackend storage = new FakeBackend();
    private final Map<String, NetworkBackend> backends = new LinkedHashMap<>();
    private HostNetworks networks;

    /** A network that only keeps count. */
    private static final class FakeBackend implements NetworkBackend {
        final List<String> ports = new ArrayList<>();
        boolean fails;

        @Override
        public String kind() {
            return "fake";
        }

        @Override
        public NetworkPort attach(String vmId, int nicIndex, NicShape nic) {
            if (fails) {
                throw new FaultException(FaultCode.HOST_ERROR, vmId, "the test wants it to fail");
            }
            ports.add(vmId + "/" + nicIndex);
            return port(vmId, nicIndex);
        }

        @Override
        public NetworkPort port(String vmId, int nicIndex) {
            return new NetworkPort.Tap(vmId + "/" + nicIndex);
        }

        @Override
        public void detach(String vmId) {
            ports.removeIf(port -> port.startsWith(vmId + "/"));
        }

        @Override
        public void sweep(Set<String> vmIdsKept) {
            ports.removeIf(port -> !vmIdsKept.contains(port.substring(0, port.indexOf('/'))));
        }
    }

    @BeforeEach
    void make() {
        backends.put("lan", lan);
        backends.put("storage", storage);
        networks = new HostNetworks(backends);
    }

    @Test
    void each_card_gets_its_port_on_its_network_in_the_order_of_the_cards() {
        assertThat(networks.attach(shape("vm-1", "storage", "lan", "storage")))
                .containsExactly(
                        new NetworkPort.Tap("vm-1/0"), new NetworkPort.Tap("vm-1/1"), new NetworkPort.Tap("vm-1/2"));
        assertThat(lan.ports).containsExactly("vm-1/1");
        assertThat(storage.ports).containsExactly("vm-1/0", "vm-1/2");
        assertThat(networks.kinds()).containsExactly(Map.entry("lan", "fake"), Map.entry("storage", "fake"));
    }

    @Test
    void the_ports_that_were_made_can_be_named_again_but_not_those_of_networks_that_are_gone() {
        VmShape shape = shape("vm-1", "lan", "storage", "lan");
        assertThat(networks.ports(shape)).isEqualTo(networks.attach(shape));

        backends.remove("storage");
        assertThat(new HostNetworks(backends).ports(shape))
                .containsExactly(new NetworkPort.Tap("vm-1/0"), new NetworkPort.Tap("vm-1/2"));
    }

    @Test
    void a_network_this_host_lacks_is_named_before_anything_is_made() {
        assertThatThrownBy(() -> networks.attach(shape("vm-1", "lan", "dmz")))
                .isInstanceOfSatisfying(FaultException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.CONFIG_INVALID);
                    assertThat(fault.getMessage())
                            .contains("dmz")
                            .contains("nic1")
                            .contains("lan");
                });
        assertThat(lan.ports).isEmpty();
    }

    @Test
    void when_one_port_cannot_be_made_none_stays() {
        networks.attach(shape("vm-2", "lan"));
        storage.fails = true;

        assertThatThrownBy(() -> networks.attach(shape("vm-1", "lan", "storage")))
                .isInstanceOf(FaultException.class);

        assertThat(lan.ports).containsExactly("vm-2/0");
    }

    @Test
    void all_networks_are_cleaned_up_at_once() {
        networks.attach(shape("vm-1", "lan", "storage"));
        networks.attach(shape("vm-2", "lan", "storage"));

        networks.detach("vm-1");
        assertThat(lan.ports).containsExactly("vm-2/0");
        assertThat(storage.ports).containsExactly("vm-2/1");
        networks.sweep(Set.of());
        assertThat(storage.ports).isEmpty();
    }

    @Test
    void user_mode_networking_makes_no_device_and_leaves_none() {
        UserNetwork user = new UserNetwork();

        assertThat(user.attach("vm-1", 0, new NicShape("nic0", "lan", "52:54:00:00:00:17")))
                .isEqualTo(new NetworkPort.User());
        assertThat(user.kind()).isEqualTo("user");
        user.detach("vm-1");
        user.sweep(Set.of());
    }

    private static VmShape shape(String vmId, String... networkNames) {
        List<NicShape> nics = new ArrayList<>();
        for (String name : networkNames) {
            nics.add(new NicShape("nic" + nics.size(), name, "52:54:00:00:00:0" + nics.size()));
        }
        return new VmShape(vmId, "a", new UUID(1, 2), 1, 32L << 20, Firmware.BIOS, List.of(), nics, "");
    }
}
