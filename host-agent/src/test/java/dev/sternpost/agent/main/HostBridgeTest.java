package dev.sternpost.agent.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.network.NetworkNamespace;
import dev.sternpost.inventory.fault.FaultException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HostBridgeTest {

    private NetworkNamespace namespace;

    @BeforeEach
    void make() {
        namespace = new NetworkNamespace();
        namespace.ip("link", "add", "name", "up0", "type", "veth");
    }

    @AfterEach
    void close() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void a_missing_bridge_is_made_with_its_uplink_and_forwards_at_once() {
        HostBridge.ensure(namespace.name(), "br0", "up0");

        assertThat(namespace.ip("-d", "link", "show", "dev", "br0"))
                .contains("forward_delay 0")
                .contains("stp_state 0")
                .containsPattern("<[A-Z_,-]*UP[A-Z_,-]*>");
        assertThat(namespace.ip("link", "show", "dev", "up0"))
                .contains("master br0")
                .contains("UP");
    }

    @Test
    void a_bridge_that_is_there_is_left_as_it_is_with_its_ports() {
        namespace.ip("link", "add", "name", "br0", "type", "bridge", "forward_delay", "400");
        namespace.ip("link", "add", "name", "other", "type", "veth");
        namespace.ip("link", "set", "dev", "other", "master", "br0");

        HostBridge.ensure(namespace.name(), "br0", "");
        HostBridge.ensure(namespace.name(), "br0", "");

        assertThat(namespace.ip("-d", "link", "show", "dev", "br0")).contains("forward_delay 400");
        assertThat(namespace.ip("link", "show", "dev", "other")).contains("master br0");
        assertThat(namespace.ip("link", "show", "dev", "up0")).doesNotContain("master");
    }

    @Test
    void an_uplink_that_is_not_there_is_an_error_of_the_host() {
        assertThatThrownBy(() -> HostBridge.ensure(namespace.name(), "br0", "up9"))
                .isInstanceOf(FaultException.class);
    }
}
