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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A virtual machine goes with its files to a host that sees no datastore of the source, cut short at every point. The guest never runs in two places,
 * and after each test the sign at the old place and the lock at the new one agree about where it is.
 */
@Timeout(180)
class MoveWithFilesTest {

    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final String MOVE = "mig-1";

    private final FakeWorld world = new FakeWorld();

    @TempDir
    Path directory;

    private FakeWorld.Machine here;
    private FakeWorld.Machine there;
    private AgentRig source;
    private AgentRig target;
    private Orders at1;
    private Orders at2;
    private VmPlace newPlace;
    private VmPlace oldPlace;

    @BeforeEach
    void aGuestRunsAtTheSource() throws IOException {
        here = new FakeWorld.Machine(world, "host-1", directory.resolve("h1"));
        there = new FakeWorld.Machine(world, "host-2", directory.resolve("h2"));
        source = rig("host-1", here);
        target = rig("host-2", there);
        at1 = new Orders(source.datastoreUuid());
        at2 = new Orders(target.datastoreUuid());
        oldPlace = new VmPlace(source.datastoreUuid(), "app-1");
        newPlace = new VmPlace(target.datastoreUuid(), "app-1");
        source.done(at1.create(1));
        source.done(at1.powerOn(2));
    }

    @AfterEach
    void oneOwner() {
        if (world.runningAt(VM).equals("host-1")) {
            assertThat(holder("host-1")).startsWith("host-1@");
            assertThat(holder("host-2")).isEmpty();
        } else if (world.runningAt(VM).equals("host-2")) {
            if (Files.exists(home("host-1"))) {
                assertThat(lock("host-1").movedTo()).contains(newPlace.text());
            }
            assertThat(holder("host-2")).startsWith("host-2@");
        }
        source.close();
        target.close();
        here.losePower();
        there.losePower();
        assertThat(world.violations).isEmpty();
    }

    @Test
    void a_guest_leaves_a_sign_and_finds_its_lock_where_it_goes() {
        bring();
        assertThat(home("host-2").resolve("app-1.vmx")).doesNotExist();
        source.done(at1.switchOver(2, MOVE));

        assertThat(world.runningAt(VM)).isEqualTo("host-2");
        assertThat(holder("host-2")).isEqualTo("host-2@3");
        assertThat(lock("host-1").movedTo()).contains(newPlace.text());
        target.done(at2.activate(3, MOVE));
        source.done(at1.release(3, MOVE));
        source.done(removeOld());
        assertThat(source.knows(VM)).isFalse();
        assertThat(home("host-1")).doesNotExist();
        assertThat(home("host-2").toFile().list()).noneMatch(name -> name.startsWith(".sternpost"));
        target.done(at2.powerOff(4));
        target.done(at2.powerOn(5));
        assertThat(holder("host-2")).isEqualTo("host-2@5");
    }

    @Test
    void every_step_may_be_repeated() {
        target.done(at2.receive(2, MOVE, "host-1"));
        source.done(at1.send(2, MOVE, target, newPlace));
        target.done(at2.receive(2, MOVE, "host-1"));
        source.done(at1.send(2, MOVE, target, newPlace));
        source.done(at1.send(2, MOVE, target, newPlace));
        target.done(at2.prepareWithFiles(2, MOVE, "host-1"));
        target.done(at2.prepareWithFiles(2, MOVE, "host-1"));
        AgentCommand start = start();
        source.done(start);
        assertThat(source.repeat(start).fault()).isNull();
        source.done(at1.switchOver(2, MOVE));
        source.done(at1.switchOver(2, MOVE));
        target.done(at2.activate(3, MOVE));
        target.done(at2.activate(3, MOVE));
        source.done(at1.release(3, MOVE));
        source.done(at1.release(3, MOVE));
        source.done(removeOld());
        source.done(removeOld());
        assertThat(world.runningAt(VM)).isEqualTo("host-2");
    }

    @Test
    void disks_that_fall_out_of_step_end_it_and_the_guest_stays() {
        bring();
        here.process(VM).mover.error = "Input/output error";
        assertThat(source.refused(at1.switchOver(2, MOVE))).isEqualTo(FaultCode.MIGRATION_FAILED);

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        target.done(at2.abort(2, MOVE));
        assertThat(home("host-2")).doesNotExist();
        here.process(VM).mover.error = "";
        source.done(at1.powerOff(3));
    }

    @Test
    void a_datastore_that_fills_up_while_disks_are_copied_is_told_as_such() {
        prepare();
        here.process(VM).mover.error = "No space left on device";
        assertThat(source.refused(start())).isEqualTo(FaultCode.DATASTORE_FULL);
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(here.process(VM).mover.copying).isFalse();
    }

    @Test
    void a_target_that_dies_before_it_acknowledges_everything_leaves_guest_and_lock_at_the_source() {
        there.dieBeforeAck = true;
        bring();

        assertThat(source.refused(at1.switchOver(2, MOVE))).isEqualTo(FaultCode.MIGRATION_FAILED);

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(holder("host-1")).isEqualTo("host-1@2");
        // Only the server's word deletes what came.
        assertThat(home("host-2")).exists();
        target.done(at2.abort(2, MOVE));
        assertThat(target.knows(VM)).isFalse();
        assertThat(home("host-2")).doesNotExist();
    }

    @Test
    void the_sources_agent_dies_after_the_sign_before_the_acknowledgement_and_its_successor_makes_a_lock_of_it_again() {
        CountDownLatch gate = new CountDownLatch(1);
        there.ackGate = gate;
        bring();
        source.submit(at1.switchOver(2, MOVE));
        Await.until("the sign", BOUND, () -> lock("host-1").movedTo().isPresent());

        source.kill();
        source.restart();
        gate.countDown();

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(holder("host-1")).isEqualTo("host-1@2");
        assertThat(here.process(VM).mover.copying).isFalse();
        assertThat(source.refused(at1.switchOver(2, MOVE))).isEqualTo(FaultCode.MIGRATION_FAILED);
        target.done(at2.abort(2, MOVE));
        assertThat(home("host-2")).doesNotExist();
    }

    @Test
    void the_source_machine_dies_after_the_sign_and_the_target_has_guest_or_disks() {
        CountDownLatch gate = new CountDownLatch(1);
        there.ackGate = gate;
        bring();
        CompletableFuture<Outcome> switching = source.submit(at1.switchOver(2, MOVE));
        Await.until("the sign", BOUND, () -> lock("host-1").movedTo().isPresent());

        here.losePower();

        assertThat(AgentRig.await(switching).fault()).isNull();
        gate.countDown();
        assertThat(source.view(VM).state()).isEqualTo(LedgerState.HANDED_OVER);
        Outcome activated = target.run(at2.activate(3, MOVE));
        if (activated.fault() == null) {
            assertThat(world.runningAt(VM)).isEqualTo("host-2");
        } else {
            assertThat(AgentRig.fault(activated)).isEqualTo(FaultCode.MIGRATION_FAILED);
            assertThat(target.view(VM).state()).isEqualTo(LedgerState.OFF);
            target.done(at2.powerOn(4));
            assertThat(holder("host-2")).isEqualTo("host-2@4");
        }
    }

    @Test
    void the_targets_agent_dies_when_all_is_there_and_its_successor_waits_for_the_servers_word() {
        bring();
        CountDownLatch gate = new CountDownLatch(1);
        there.ackGate = gate;
        // Nobody can tell the target that the guest may run: its agent is away.
        CompletableFuture<Outcome> switching = source.submit(at1.switchOver(2, MOVE));
        Await.until("the sign", BOUND, () -> lock("host-1").movedTo().isPresent());
        target.kill();
        target.restart();
        gate.countDown();

        Outcome outcome = AgentRig.await(switching);
        if (outcome.fault() == null) {
            target.run(at2.activate(3, MOVE));
            assertThat(source.view(VM).state()).isEqualTo(LedgerState.HANDED_OVER);
        } else {
            assertThat(world.runningAt(VM)).isEqualTo("host-1");
            assertThat(target.view(VM).state()).isEqualTo(LedgerState.INCOMING);
            target.done(at2.abort(2, MOVE));
            assertThat(home("host-2")).doesNotExist();
        }
    }

    @Test
    void the_targets_agent_dies_after_the_guest_was_let_run_and_its_successor_knows() {
        bring();
        source.done(at1.switchOver(2, MOVE));
        target.kill();
        // As if it had died before it could write that down.
        try (var ledger = dev.sternpost.agent.ledger.Ledger.open(directory.resolve("a-host-2/ledger"))) {
            ledger.put(dev.sternpost.agent.ledger.VmRecord.off(VM, 3, newPlace.datastoreUuid(), "app-1", "app-1")
                    .withState(LedgerState.INCOMING)
                    .withMigration(new dev.sternpost.agent.ledger.MigrationMark(
                            MOVE, dev.sternpost.agent.ledger.MigrationMark.Role.TARGET, "host-1", 3))
                    .withMove(new dev.sternpost.agent.ledger.MoveMark(MOVE, newPlace.datastoreUuid(), "app-1")));
        }

        target.restart();

        assertThat(target.view(VM).state()).isEqualTo(LedgerState.ON);
        target.done(at2.powerOff(4));
        target.done(at2.powerOn(5));
    }

    @Test
    void an_aborted_arrival_deletes_what_came_and_what_comes_late_is_refused() {
        target.done(at2.receive(2, MOVE, "host-1"));
        source.done(at1.send(2, MOVE, target, newPlace));
        target.done(at2.abort(2, MOVE));

        assertThat(home("host-2")).doesNotExist();
        assertThat(source.refused(at1.send(2, MOVE, target, newPlace))).isEqualTo(FaultCode.MIGRATION_FAILED);
        assertThat(target.refused(at2.prepareWithFiles(2, MOVE, "host-1")))
                .isIn(FaultCode.OPERATION_CANCELLED, FaultCode.MIGRATION_FAILED);
        assertThat(target.refused(at2.receive(2, MOVE, "host-1"))).isEqualTo(FaultCode.OPERATION_CANCELLED);
    }

    @Test
    void what_somebody_else_has_at_the_target_is_not_touched() throws IOException {
        Files.createDirectories(home("host-2"));
        Files.writeString(home("host-2").resolve("mine.txt"), "do not delete");

        assertThat(target.refused(at2.receive(2, MOVE, "host-1"))).isEqualTo(FaultCode.NAME_TAKEN);
        target.done(at2.abort(2, MOVE));

        assertThat(home("host-2").resolve("mine.txt")).exists();
    }

    @Test
    void one_that_is_off_goes_whole_and_is_gone_here_with_the_sign() {
        source.done(at1.powerOff(3));
        target.done(at2.receive(3, MOVE, "host-1"));
        source.done(at1.send(3, MOVE, target, newPlace));
        assertThat(source.refused(at1.powerOn(4))).isEqualTo(FaultCode.VM_WRONG_POWER_STATE);
        source.done(at1.handOver(3, MOVE, newPlace));
        source.done(at1.handOver(3, MOVE, newPlace));
        assertThat(source.knows(VM)).isFalse();

        assertThat(target.done(at2.take(4, MOVE))).isInstanceOf(Payload.Shape.class);
        assertThat(target.done(at2.take(4, MOVE))).isInstanceOf(Payload.Shape.class);
        source.done(removeOld());
        target.done(at2.powerOn(5));
        assertThat(holder("host-2")).isEqualTo("host-2@5");
        // Nothing stands in the way of what comes next under the old name.
        assertThat(home("host-1")).doesNotExist();
        world.guest(VM).obeysShutdown = true;
        target.done(at2.powerOff(6));
    }

    @Test
    void the_agent_of_one_that_is_off_dies_before_and_after_the_sign() {
        source.done(at1.powerOff(3));
        target.done(at2.receive(3, MOVE, "host-1"));
        source.done(at1.send(3, MOVE, target, newPlace));
        source.kill();
        source.restart();
        assertThat(source.refused(at1.handOver(3, MOVE, newPlace))).isEqualTo(FaultCode.OPERATION_CANCELLED);
        assertThat(source.view(VM).state()).isEqualTo(LedgerState.OFF);

        source.done(at1.send(3, MOVE, target, newPlace));
        source.done(at1.cancel(3, MOVE));
        assertThat(source.refused(at1.send(3, MOVE, target, newPlace))).isEqualTo(FaultCode.OPERATION_CANCELLED);
        target.done(at2.abort(3, MOVE));

        target.done(at2.receive(3, "mig-2", "host-1"));
        source.done(at1.send(3, "mig-2", target, newPlace));
        // As if it had died between sign and ledger.
        lock("host-1").moveAway(Optional.empty(), 4, newPlace.text());
        source.kill();
        source.restart();
        assertThat(source.knows(VM)).isFalse();
        source.done(at1.handOver(3, "mig-2", newPlace));
        target.done(at2.take(4, "mig-2"));
        target.done(at2.powerOn(5));
    }

    private void prepare() {
        target.done(at2.receive(2, MOVE, "host-1"));
        source.done(at1.send(2, MOVE, target, newPlace));
        target.done(at2.prepareWithFiles(2, MOVE, "host-1"));
    }

    private void bring() {
        prepare();
        source.done(start());
    }

    private AgentCommand start() {
        return at1.startWithFiles(2, MOVE, target, newPlace, 0);
    }

    private AgentCommand removeOld() {
        return at1.of(3, new Operation.RemoveMovedFiles(oldPlace, newPlace, "app-1"));
    }

    private Path home(String hostId) {
        return directory.resolve("local-" + hostId).resolve("app-1");
    }

    private VmLock lock(String hostId) {
        return new VmDirectories("host-0", FileOwner.self()).lock(home(hostId), "app-1", VM);
    }

    private String holder(String hostId) {
        return lock(hostId).holder().map(LockHolder::toString).orElse("");
    }

    private AgentRig rig(String hostId, FakeWorld.Machine machine) throws IOException {
        return new AgentRig(
                AUTHORITY.host(hostId),
                directory.resolve("a-" + hostId),
                Files.createDirectories(directory.resolve("local-" + hostId)),
                FileOwner.self(),
                () -> new FakeEngine(machine));
    }
}
