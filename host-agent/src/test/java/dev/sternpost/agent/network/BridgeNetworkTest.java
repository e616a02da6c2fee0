package dev.sternpost.agent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.vmdirectory.NicShape;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real bridges and taps in a namespace of the test. */
@Timeout(60)
class BridgeNetworkTest {

    private static final int TAP_UID = 64055;
    private static final NicShape NIC = new NicShape("nic0", "lan", "52:54:00:00:00:17");

    private NetworkNamespace namespace;
    private BridgeNetwork network;

    @BeforeEach
    void make() {
        namespace = new NetworkNamespace();
        namespace.ip("link", "add", "name", "br0", "type", "bridge");
        network = new BridgeNetwork(namespace.name(), "br0", TAP_UID);
    }

    @AfterEach
    void close() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void a_card_gets_a_tap_on_the_bridge_that_belongs_to_the_hypervisors_user() {
        assertThat(network.attach("vm-17", 2, NIC)).isEqualTo(new NetworkPort.Tap("t17n2"));

        assertThat(namespace.ip("-d", "link", "show", "dev", "t17n2"))
                .contains("master br0")
                .contains("user " + TAP_UID)
                .contains("addrgenmode none")
                .containsPattern("<[A-Z_,-]*UP[A-Z_,-]*>");
        assertThat(network.port("vm-17", 2)).isEqualTo(new NetworkPort.Tap("t17n2"));
        assertThat(network.kind()).isEqualTo("bridged");
    }

    @Test
    void a_tap_that_a_crash_left_is_replaced() {
        namespace.ip("tuntap", "add", "dev", "t17n0", "mode", "tap", "user", "1");

        network.attach("vm-17", 0, NIC);

        assertThat(namespace.ip("-d", "link", "show", "dev", "t17n0")).contains("user " + TAP_UID);
        assertThat(network.taps()).containsExactly("t17n0");
    }

    @Test
    void all_taps_of_a_machine_go_and_those_of_its_namesakes_stay() {
        network.attach("vm-1", 0, NIC);
        network.attach("vm-1", 1, NIC);
        network.attach("vm-17", 0, NIC);

        network.detach("vm-1");
        network.detach("vm-1");

        assertThat(network.taps()).containsExactly("t17n0");
    }

    @Test
    void what_belongs_to_no_machine_is_swept_also_when_it_never_came_to_the_bridge() {
        network.attach("vm-1", 0, NIC);
        network.attach("vm-2", 0, NIC);
        namespace.ip("tuntap", "add", "dev", "t3n0", "mode", "tap");
        // Not ours by name, by kind, or by both.
        namespace.ip("tuntap", "add", "dev", "tap0", "mode", "tap");
        namespace.ip("link", "add", "name", "t4n0", "type", "veth");

        network.sweep(Set.of("vm-2"));

        assertThat(network.taps()).containsExactly("t2n0");
        assertThat(namespace.has("tap0")).isTrue();
        assertThat(namespace.has("t4n0")).isTrue();
        assertThat(namespace.has("br0")).isTrue();
    }

    @Test
    void an_attempt_that_fails_leaves_no_tap() {
        BridgeNetwork without = new BridgeNetwork(namespace.name(), "br9", TAP_UID);

        assertThatThrownBy(() -> without.attach("vm-17", 0, NIC))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.HOST_ERROR));
        assertThat(namespace.has("t17n0")).isFalse();
    }

    @Test
    void machines_of_hosts_in_other_namespaces_do_not_meet() {
        try (NetworkNamespace other = new NetworkNamespace()) {
            other.ip("link", "add", "name", "br0", "type", "bridge");
            BridgeNetwork there = new BridgeNetwork(other.name(), "br0", TAP_UID);
            network.attach("vm-17", 0, NIC);

            there.attach("vm-17", 0, NIC);
            there.sweep(Set.of());

            assertThat(there.taps()).isEmpty();
            assertThat(network.taps()).containsExactly("t17n0");
        }
    }

    @Test
    void a_port_is_named_so_that_its_machine_can_be_told_and_never_too_long() {
        assertThat(BridgeNetwork.tapName("vm-123456789012", 9))
                .isEqualTo("t123456789012n9")
                .hasSize(15);
        assertThatThrownBy(() -> BridgeNetwork.tapName("vm-1234567890123", 0)).isInstanceOf(FaultException.class);
        assertThatThrownBy(() -> BridgeNetwork.tapName("vm-1", 10)).isInstanceOf(FaultException.class);
        assertThatThrownBy(() -> BridgeNetwork.tapName("eth0; reboot", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void names_that_would_become_options_or_commands_are_refused() {
        for (String bad : List.of("", "br 0", "br0\nlink delete dev eth0", "br0/../x", "b;r")) {
            assertThatThrownBy(() -> new BridgeNetwork(namespace.name(), bad, 0))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new BridgeNetwork("../ns", "br0", 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
