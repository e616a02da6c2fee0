package dev.sternpost.agent.operation;

import static dev.sternpost.agent.operation.Orders.VM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.agent.vmdirectory.VmDirectories;
import dev.sternpost.agent.vmdirectory.VmLock;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A virtual machine's files move to another datastore, and at each instant exactly one place counts. */
@Timeout(120)
class StorageMoveTest {

    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final FakeWorld world = new FakeWorld();

    @TempDir
    Path directory;

    private Path oldHome;
    private Path newHome;
    private FakeWorld.Machine machine;
    private AgentRig agent;
    private Orders orders;
    private VmPlace here;
    private VmPlace there;

    @BeforeEach
    void start() throws IOException {
        Map<String, Path> datastores = new LinkedHashMap<>();
        for (String name : new String[] {"shared1", "shared2"}) {
            datastores.put(name, Files.createDirectories(directory.resolve(name)));
        }
        oldHome = directory.resolve("shared1/app-1");
        newHome = directory.resolve("shared2/app-1");
        machine = new FakeWorld.Machine(world, "host-1", directory.resolve("h1"));
        agent = new AgentRig(
                AUTHORITY.host("host-1"),
                directory.resolve("a1"),
                datastores,
                FileOwner.self(),
                () -> new FakeEngine(machine));
        orders = new Orders(agent.datastoreUuid("shared1"));
        here = new VmPlace(agent.datastoreUuid("shared1"), "app-1");
        there = new VmPlace(agent.datastoreUuid("shared2"), "app-1");
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
    }

    @AfterEach
    void neverTwoAtOnce() {
        agent.close();
        machine.losePower();
        assertThat(world.violations).isEmpty();
    }

    @Test
    void files_and_lock_move_and_who_looks_at_the_old_place_is_led_to_the_new_one() {
        agent.done(orders.move(2, "m", there));
        assertThat(oldLock().movedTo()).isEmpty();
        agent.done(orders.switchFiles(2, "m", there));

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(machine.process(VM).launch.directory()).isEqualTo(newHome);
        assertThat(newHome.resolve("app-1.vmx")).exists();
        assertThat(agent.view(VM).lockOwner()).isEqualTo("host-1@2");
        assertThat(oldLock().movedTo()).contains(there.text());
        // High availability on any host, as long as it has not heard of the move.
        assertThat(agent.operations.kept().lock(here, VM).map(LockHolder::toString))
                .contains("host-1@2");
        Optional<LockHolder> taken = agent.operations
                .kept()
                .exchange(here, VM, agent.operations.kept().lock(here, VM), Optional.of(LockHolder.released(3)));
        assertThat(taken.map(LockHolder::toString)).contains("@3");
        assertThat(newLock().holder().map(LockHolder::toString)).contains("@3");
        assertThat(oldLock().movedTo()).contains(there.text());

        agent.done(orders.removeMoved(2, there));
        agent.done(orders.removeMoved(2, there));
        assertThat(oldHome).doesNotExist();
    }

    @Test
    void an_agent_that_dies_before_the_decision_leaves_the_guest_with_its_old_files() {
        agent.done(orders.move(2, "m", there));
        machine.process(VM).mover.cut = FakeMover.Cut.BEFORE_DECISION;
        agent.run(orders.switchFiles(2, "m", there));
        assertThat(world.runningAt(VM)).isEmpty();
        agent.kill();
        agent.restart();

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(machine.process(VM).launch.directory()).isEqualTo(oldHome);
        assertThat(newHome).doesNotExist();
        assertThat(agent.refused(orders.switchFiles(2, "m", there))).isEqualTo(FaultCode.OPERATION_CANCELLED);
        machine.process(VM).mover.cut = FakeMover.Cut.NOWHERE;
        agent.done(orders.move(2, "m2", there));
        agent.done(orders.switchFiles(2, "m2", there));
        assertThat(agent.view(VM).running()).isTrue();
    }

    @Test
    void an_agent_that_dies_after_the_decision_leaves_the_guest_with_its_new_files() {
        agent.done(orders.move(2, "m", there));
        machine.process(VM).mover.cut = FakeMover.Cut.AFTER_DECISION;
        agent.run(orders.switchFiles(2, "m", there));
        assertThat(world.runningAt(VM)).isEmpty();
        agent.kill();
        agent.restart();

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(machine.process(VM).launch.directory()).isEqualTo(newHome);
        agent.done(orders.switchFiles(2, "m", there));
        assertThat(agent.refused(orders.cancelMove(2, "m", there))).isEqualTo(FaultCode.MIGRATION_PAST_NO_RETURN);
        agent.done(orders.removeMoved(2, there));
        agent.done(orders.powerOff(3));
        agent.done(orders.powerOn(4));
        assertThat(agent.view(VM).lockOwner()).isEqualTo("host-1@4");
        assertThat(oldHome).doesNotExist();
    }

    @Test
    void a_host_that_dies_after_the_decision_finds_its_virtual_machine_off_at_the_new_place() {
        agent.done(orders.move(2, "m", there));
        machine.process(VM).mover.cut = FakeMover.Cut.AFTER_DECISION;
        agent.run(orders.switchFiles(2, "m", there));
        agent.kill();
        machine.losePower();
        agent.restart();

        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.OFF);
        agent.done(orders.powerOn(3));
        assertThat(machine.process(VM).launch.directory()).isEqualTo(newHome);
    }

    @Test
    void an_unknown_decision_is_settled_by_asking_again() {
        agent.done(orders.move(2, "m", there));
        machine.process(VM).mover.cut = FakeMover.Cut.AFTER_DECISION;
        AgentCommand order = orders.switchFiles(2, "m", there);
        assertThat(agent.refused(order)).isEqualTo(FaultCode.HOST_ERROR);
        assertThat(agent.refused(orders.powerOff(3))).isEqualTo(FaultCode.VM_WRONG_POWER_STATE);

        assertThat(agent.repeat(order).fault()).isNull();

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(agent.view(VM).lockOwner()).isEqualTo("host-1@2");
        agent.done(orders.powerOff(3));
    }

    @Test
    void a_lock_that_was_taken_away_meanwhile_stops_the_move() {
        agent.done(orders.move(2, "m", there));
        oldLock()
                .exchange(
                        Optional.of(new LockHolder("host-1", 0, 2, "")),
                        Optional.of(new LockHolder("host-2", 0, 3, "")));

        assertThat(agent.refused(orders.switchFiles(2, "m", there))).isEqualTo(FaultCode.VM_LOCKED);

        assertThat(newHome).doesNotExist();
        assertThat(oldLock().holder().map(LockHolder::toString)).contains("host-2@3");
        assertThat(machine.process(VM).launch.directory()).isEqualTo(oldHome);
    }

    @Test
    void a_datastore_that_fills_up_ends_the_move_and_harms_nobody() {
        agent.done(orders.move(2, "m", there));
        machine.process(VM).mover.error = "No space left on device";
        Await.until("the copies are gone", BOUND, () -> !Files.exists(newHome));

        assertThat(agent.refused(orders.switchFiles(2, "m", there))).isEqualTo(FaultCode.OPERATION_CANCELLED);
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        machine.process(VM).mover.error = "";
        agent.done(orders.move(2, "m2", there));
        agent.done(orders.switchFiles(2, "m2", there));
    }

    @Test
    void what_somebody_else_has_at_the_target_is_not_touched() throws IOException {
        Files.createDirectories(newHome);
        Files.writeString(newHome.resolve("mine.txt"), "do not delete");

        assertThat(agent.refused(orders.move(2, "m", there))).isEqualTo(FaultCode.NAME_TAKEN);

        assertThat(newHome.resolve("mine.txt")).exists();
        assertThat(agent.view(VM).running()).isTrue();
        agent.done(orders.powerOff(3));
    }

    private VmLock oldLock() {
        return new VmDirectories("host-9", FileOwner.self()).lock(oldHome, "app-1", VM);
    }

    private VmLock newLock() {
        return new VmDirectories("host-9", FileOwner.self()).lock(newHome, "app-1", VM);
    }
}
