package dev.sternpost.agent.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine that is switched off by a command which leaves a trace. */
@Timeout(180)
class MachineOperationsTest {
    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final FakeWorld world = new FakeWorld();
    private FakeWorld.Machine machine;
    private AgentRig agent;
    private Orders orders;
    private Path trace;

    @BeforeEach
    void start() throws IOException {
        Path datastore = Files.createDirectories(directory.resolve("shared"));
        trace = directory.resolve("off");
        machine = new FakeWorld.Machine(world, "host-1", directory.resolve("h1"));
        agent = new AgentRig(
                AUTHORITY.host("host-1"),
                directory.resolve("a1"),
                datastore,
                FileOwner.self(),
                () -> new FakeEngine(machine));
        agent.powerOffCommand = List.of("touch", trace.toString());
        agent.kill();
        agent.restart();
        orders = new Orders(agent.datastoreUuid());
    }

    @AfterEach
    void end() {
        agent.close();
        machine.losePower();
    }

    private static AgentCommand powerOff(int task) {
        return new AgentCommand(
                "task-%d/power-off".formatted(task), "task-" + task, 1, "", 0, null, new Operation.PowerOffHost());
    }

    @Test
    void a_machine_without_vms_answers_and_goes_off() {
        agent.done(powerOff(901));
        Await.until("the machine to go off", BOUND, () -> Files.exists(trace));
    }

    @Test
    void a_machine_where_a_vm_runs_does_not_go_off() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        assertThat(agent.refused(powerOff(902))).isEqualTo(FaultCode.VM_RUNNING);
        agent.done(orders.powerOff(3));
        agent.done(powerOff(903));
        Await.until("the machine to go off", BOUND, () -> Files.exists(trace));
    }

    @Test
    void an_order_that_is_repeated_is_answered_and_not_done_again() throws IOException {
        agent.done(powerOff(904));
        Await.until("the machine to go off", BOUND, () -> Files.exists(trace));
        Files.delete(trace);
        agent.kill();
        agent.restart();
        assertThat(agent.repeat(powerOff(904)).fault()).isNull();
        // What would still be done is done when the agent has ended.
        agent.kill();
        assertThat(trace).doesNotExist();
        agent.restart();
    }

    @Test
    void a_packet_of_no_size_is_not_sent() {
        assertThatThrownBy(() -> MachineOperations.broadcast(new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }
}
