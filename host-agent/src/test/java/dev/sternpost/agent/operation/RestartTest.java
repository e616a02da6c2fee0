package dev.sternpost.agent.operation;

import static dev.sternpost.agent.operation.Orders.VM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.ledger.EventRecord;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.VmDirectories;
import dev.sternpost.agent.vmdirectory.VmLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a new agent makes of what an old one left, when no migration was under way. */
@Timeout(120)
class RestartTest {

    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final FakeWorld world = new FakeWorld();

    @TempDir
    Path directory;

    private Path datastore;
    private FakeWorld.Machine machine;
    private AgentRig agent;
    private Orders orders;

    @BeforeEach
    void start() throws IOException {
        datastore = Files.createDirectories(directory.resolve("shared"));
        machine = new FakeWorld.Machine(world, "host-1", directory.resolve("h1"));
        agent = new AgentRig(
                AUTHORITY.host("host-1"),
                directory.resolve("a1"),
                datastore,
                FileOwner.self(),
                () -> new FakeEngine(machine));
        orders = new Orders(agent.datastoreUuid());
    }

    @AfterEach
    void neverTwoAtOnce() {
        agent.close();
        machine.losePower();
        assertThat(world.violations).isEmpty();
    }

    @Test
    void running_guests_survive_the_agent_and_are_taken_up_by_the_next() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        long incarnation = agent.ledger.incarnation();

        agent.kill();
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        agent.restart();

        assertThat(agent.ledger.incarnation()).isEqualTo(incarnation + 1);
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.ON);
        assertThat(agent.view(VM).running()).isTrue();
        agent.done(orders.powerOff(3));
        assertThat(world.runningAt(VM)).isEmpty();
    }

    @Test
    void a_guest_that_ended_while_no_agent_watched_is_booked_and_reported() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        agent.kill();
        machine.losePower();

        agent.restart();

        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.OFF);
        assertThat(lock().holder()).isEmpty();
        assertThat(agent.ledger.unacknowledgedEvents())
                .extracting(EventRecord::kind)
                .containsExactly("engineDied");
    }

    @Test
    void an_agent_that_died_between_start_and_record_takes_the_started_guest_up() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        agent.kill();
        asIfDiedWhile(LedgerState.STARTING);

        agent.restart();

        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.ON);
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
    }

    @Test
    void an_agent_that_died_before_anything_started_leaves_the_virtual_machine_off_and_unlocked() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        agent.kill();
        machine.losePower();
        asIfDiedWhile(LedgerState.STARTING);

        agent.restart();

        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.OFF);
        assertThat(lock().holder()).isEmpty();
        assertThat(agent.ledger.unacknowledgedEvents()).isEmpty();
    }

    @Test
    void an_agent_that_died_while_it_saved_a_guests_memory_lets_the_guest_run_on() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        agent.kill();
        machine.process(VM).stand(RunState.PAUSED);
        asIfDiedWhile(LedgerState.STOPPING);

        agent.restart();

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.ON);
        agent.done(orders.of(3, new Operation.SuspendVm()));
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.SUSPENDED);
    }

    @Test
    void an_agent_that_died_when_all_memory_was_saved_has_suspended_the_guest() throws IOException {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        agent.kill();
        machine.process(VM).stand(RunState.PAUSED);
        Files.write(datastore.resolve("app-1/app-1.vmss"), new byte[] {1, 2, 3});
        asIfDiedWhile(LedgerState.STOPPING);

        agent.restart();

        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.SUSPENDED);
        assertThat(machine.processes).isEmpty();
        assertThat(lock().holder()).isEmpty();
        agent.done(orders.powerOn(3));
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(datastore.resolve("app-1/app-1.vmss")).doesNotExist();
    }

    @Test
    void a_process_that_is_in_no_ledger_is_ended_at_start() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        agent.kill();
        try (var ledger = dev.sternpost.agent.ledger.Ledger.open(directory.resolve("a1/ledger"))) {
            ledger.update(VM, record -> record.withState(LedgerState.GONE));
        }

        agent.restart();

        assertThat(world.runningAt(VM)).isEmpty();
    }

    private void asIfDiedWhile(LedgerState state) {
        try (var ledger = dev.sternpost.agent.ledger.Ledger.open(directory.resolve("a1/ledger"))) {
            ledger.update(VM, record -> record.withState(state).withBootEpochMillis(0));
        }
    }

    private VmLock lock() {
        return new VmDirectories("host-0", FileOwner.self()).lock(datastore.resolve("app-1"), "app-1");
    }
}
