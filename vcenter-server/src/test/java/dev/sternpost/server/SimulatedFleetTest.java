package dev.sternpost.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.fleet.host.HostFault;
import dev.sternpost.fleet.host.Latency;
import dev.sternpost.fleet.host.SimulatedHost;
import dev.sternpost.fleet.main.Fleet;
import dev.sternpost.fleet.main.Settings;
import dev.sternpost.fleet.population.Layout;
import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A small fleet on a whole server: it is in the inventory by the same ways as real hosts, and its hosts do what they are told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulatedFleetTest {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final int HOSTS = 3;
    private static final int VMS_PER_HOST = 5;

    private TestServer server;
    private JsonClient client;
    private Fleet fleet;
    private Settings settings;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        server = TestServer.start(home.resolve("server"));
        client = new JsonClient(server).login(server.password());
        settings = new Settings(
                home.resolve("fleet"),
                "127.0.0.1:" + server.apiPort(),
                home.resolve("server/ca/ca.pem"),
                "administrator",
                home.resolve("server/initial-admin-password"),
                new Layout(HOSTS, VMS_PER_HOST, 96, 2, 7),
                new Latency(0.01));
        fleet = Fleet.of(settings);
        fleet.start();
    }

    @AfterAll
    void stop() {
        fleet.close();
        client.close();
        server.close();
    }

    private void await(String what, BooleanSupplier condition) {
        Await.until(what, BOUND, condition::getAsBoolean);
    }

    private List<VirtualMachine> vms() {
        return server.inventory().snapshot().objects(VirtualMachine.class).stream()
                .toList();
    }

    private VirtualMachine vm(String name) {
        return vms().stream().filter(vm -> vm.name().equals(name)).findAny().orElseThrow();
    }

    private Host host(HostId id) {
        return server.inventory().snapshot().get(id);
    }

    private SimulatedHost simulated(String name) {
        return fleet.host(name).orElseThrow();
    }

    private JsonNode done(JsonClient.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        String id = answer.json().at("/task/id").asString();
        return client.get("/api/v1/tasks/" + id + ":wait?timeoutMs=30000")
                .json()
                .at("/task");
    }

    private void succeed(String path) {
        JsonNode task = done(client.post(path, "{}"));
        assertThat(task.at("/state").asString()).as(task.toString()).isEqualTo("TASK_STATE_SUCCEEDED");
    }

    @Test
    void its_hosts_and_virtual_machines_are_in_the_inventory_and_marked_as_simulated() {
        List<Host> hosts =
                server.inventory().snapshot().objects(Host.class).stream().toList();

        assertThat(hosts).hasSize(HOSTS).allSatisfy(host -> {
            assertThat(host.isConnected()).isTrue();
            assertThat(host.facts()).isNotNull();
            assertThat(host.facts().accelerator()).isEqualTo(Accelerator.SIMULATED);
        });
        assertThat(vms()).hasSize(HOSTS * VMS_PER_HOST);
        assertThat(client.get("/api/v1/hosts/sim-0001")
                        .json()
                        .at("/host/accelerator")
                        .asString())
                .isEqualTo("ACCELERATOR_SIMULATED");
    }

    @Test
    void a_virtual_machine_is_powered_and_its_guest_comes_up() {
        succeed("/api/v1/vms/vm-0001-01:powerOff");
        assertThat(vm("vm-0001-01").powerState()).isEqualTo(PowerState.POWERED_OFF);
        succeed("/api/v1/vms/vm-0001-01:powerOn");

        assertThat(vm("vm-0001-01").powerState()).isEqualTo(PowerState.POWERED_ON);
        await(
                "the guest has an address",
                () -> !vm("vm-0001-01").guest().ipAddresses().isEmpty());
    }

    @Test
    void a_virtual_machine_moves_and_runs_in_one_place_only() {
        HostId from = vm("vm-0002-01").hostId();

        succeed("/api/v1/vms/vm-0002-01:migrate");

        VirtualMachine moved = vm("vm-0002-01");
        assertThat(moved.hostId()).isNotEqualTo(from);
        assertThat(simulated(from.value()).vmNames()).doesNotContain("vm-0002-01");
        assertThat(simulated(moved.hostId().value()).vmNames()).contains("vm-0002-01");
    }

    @Test
    void what_is_the_matter_with_a_host_shows_and_passes() {
        SimulatedHost ill = simulated("sim-0003");
        HostId id = new HostId(ill.id());

        fleet.fault(ill, HostFault.PARTITION);
        await("the host is silent", () -> host(id).connectionState() == HostConnectionState.NOT_RESPONDING);
        fleet.heal(ill);
        await("the host is back", () -> host(id).isConnected());

        fleet.fault(ill, HostFault.DISK_FULL);
        JsonClient.Answer refused = client.post("/api/v1/vms", """
                {"name": "no-room", "compute": "%s", "folder": "/fleet/vm", "datastore": "/fleet/datastore/sim-cluster-01-ds-01",
                 "config": {"cpuCount": 1, "memoryBytes": "1073741824", "disks": [{"capacityBytes": "1073741824"}]}}
                """.formatted(ill.id()));
        // By the server when it has heard of it already, else by the host.
        String why = refused.status() == 200 ? done(refused).at("/fault/code").asString() : refused.code();
        assertThat(why).isEqualTo("DATASTORE_FULL");
        fleet.heal(ill);
    }

    @Test
    void a_host_that_lost_power_comes_back_with_its_virtual_machines_off() {
        SimulatedHost ill = simulated("sim-0002");
        HostId id = new HostId(ill.id());
        long before = ill.incarnation();

        fleet.fault(ill, HostFault.DEAD);
        await("the host is silent", () -> host(id).connectionState() == HostConnectionState.NOT_RESPONDING);
        fleet.heal(ill);

        await("the host is back", () -> host(id).isConnected() && host(id).incarnation() > before);
        await(
                "what ran there is off",
                () -> vms().stream()
                        .filter(vm -> vm.hostId().equals(id))
                        .allMatch(vm -> vm.powerState() == PowerState.POWERED_OFF));
    }
}
