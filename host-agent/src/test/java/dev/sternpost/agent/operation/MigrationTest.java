package dev.sternpost.agent.operation;

import static dev.sternpost.agent.operation.Orders.VM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.agent.vmdirectory.VmDirectories;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Live migration between two agents, cut short at every point. After each test the guest has never run in two places, and
 * the lock names the place where it runs.
 */
@Timeout(180)
class MigrationTest {

    private static final TestAuthority AUTHORITY = new TestAuthority();
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final String MIGRATION = "mig-1";

    private final FakeWorld world = new FakeWorld();

    @TempDir
    Path directory;

    private Path datastore;
    private FakeWorld.Machine here;
    private FakeWorld.Machine there;
    private AgentRig source;
    private AgentRig target;
    private Orders orders;

    @BeforeEach
    void aGuestRunsAtTheSource() throws IOException {
        datastore = Files.createDirectories(directory.resolve("shared"));
        here = new FakeWorld.Machine(world, "host-1", directory.resolve("h1"));
        there = new FakeWorld.Machine(world, "host-2", directory.resolve("h2"));
        source = rig("host-1", here);
        target = rig("host-2", there);
        orders = new Orders(source.datastoreUuid());
        source.done(orders.create(1));
        source.done(orders.powerOn(2));
    }

    @AfterEach
    void oneOwner() {
        String runsAt = world.runningAt(VM);
        if (!runsAt.isEmpty()) {
            assertThat(holder()).startsWith(runsAt + "@");
        }
        source.close();
        target.close();
        here.losePower();
        there.losePower();
        assertThat(world.violations).isEmpty();
    }

    @Test
    void a_guest_moves_with_its_lock_and_its_boot_time_and_the_source_is_released() {
        long bootEpochMillis = source.view(VM).bootEpochMillis();
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        assertThat(target.view(VM).state()).isEqualTo(LedgerState.INCOMING);
        assertThat(holder()).isEqualTo("host-1@2");

        assertThat(source.done(start())).isInstanceOf(Payload.Migration.class);
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(source.done(orders.switchOver(2, MIGRATION))).isInstanceOf(Payload.Migration.class);

        assertThat(world.runningAt(VM)).isEqualTo("host-2");
        assertThat(holder()).isEqualTo("host-2@3");
        assertThat(source.view(VM).state()).isEqualTo(LedgerState.HANDED_OVER);
        assertThat(target.view(VM)).satisfies(view -> {
            assertThat(view.state()).isEqualTo(LedgerState.ON);
            assertThat(view.generation()).isEqualTo(3);
            assertThat(view.bootEpochMillis()).isEqualTo(bootEpochMillis);
        });
        assertThat(target.done(orders.activate(3, MIGRATION)))
                .isInstanceOfSatisfying(Payload.Activation.class, activation -> {
                    assertThat(activation.running()).isTrue();
                    assertThat(activation.downtimeSource()).isEqualTo("guestTicker");
                    assertThat(activation.downtimeMillis()).isBetween(0.5, 5_000.0);
                });
        source.done(orders.release(3, MIGRATION));
        assertThat(source.knows(VM)).isFalse();
        assertThat(here.processes).isEmpty();
    }

    @Test
    void a_guest_moves_there_and_back() {
        migrate();
        Orders back = orders;
        source.done(back.prepare(3, "mig-2", "host-2"));
        target.done(back.start(3, "mig-2", "host-1", source.relayAddress()));
        target.done(back.switchOver(3, "mig-2"));
        source.done(back.activate(4, "mig-2"));
        target.done(back.release(4, "mig-2"));

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(holder()).isEqualTo("host-1@4");
        assertThat(target.knows(VM)).isFalse();
    }

    @Test
    void a_guest_finds_the_machine_it_left_whatever_its_new_host_offers_others() {
        there.cpuModel = "model-2";
        migrate();
        assertThat(there.process(VM).launch.shape().hardware().cpuModel()).isEqualTo("model-1");
    }

    @Test
    void a_guest_without_a_ticker_has_its_pause_measured_by_the_engines() {
        world.guest(VM).tools = false;
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(start());
        source.done(orders.switchOver(2, MIGRATION));

        assertThat(target.done(orders.activate(3, MIGRATION)))
                .isInstanceOfSatisfying(Payload.Activation.class, activation -> {
                    assertThat(activation.downtimeSource()).isEqualTo("engine");
                    assertThat(activation.downtimeMillis()).isBetween(0.001, 5_000.0);
                });
    }

    @Test
    void every_step_may_be_repeated_and_is_answered_the_same() {
        AgentCommand prepare = orders.prepare(2, MIGRATION, "host-1");
        AgentCommand start = start();
        AgentCommand switchOver = orders.switchOver(2, MIGRATION);
        AgentCommand activate = orders.activate(3, MIGRATION);
        AgentCommand release = orders.release(3, MIGRATION);
        target.done(prepare);
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        assertThat(target.repeat(prepare).fault()).isNull();
        source.done(start);
        assertThat(source.repeat(start).fault()).isNull();
        source.done(switchOver);
        source.done(orders.switchOver(2, MIGRATION));
        assertThat(source.repeat(switchOver).fault()).isNull();
        Payload first = target.done(activate);
        assertThat(target.done(orders.activate(3, MIGRATION))).isEqualTo(first);
        source.done(release);
        source.done(orders.release(3, MIGRATION));

        assertThat(world.runningAt(VM)).isEqualTo("host-2");
    }

    @Test
    void cancelled_before_the_switch_over_the_guest_stays() {
        here.neverConverges = true;
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        CompletableFuture<Outcome> copying = source.submit(start());
        Await.until("copying", BOUND, () -> !source.heard.progress.isEmpty());

        source.done(orders.cancel(2, MIGRATION));

        assertThat(AgentRig.fault(AgentRig.await(copying))).isEqualTo(FaultCode.OPERATION_CANCELLED);
        Await.until("the shadow to end", BOUND, () -> !target.knows(VM));
        target.done(orders.abort(2, MIGRATION));
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(holder()).isEqualTo("host-1@2");
        source.done(orders.powerOff(3));
    }

    @Test
    void a_cancel_that_overtakes_the_start_still_cancels() {
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(orders.cancel(2, MIGRATION));

        assertThat(source.refused(start())).isEqualTo(FaultCode.OPERATION_CANCELLED);
        target.done(orders.abort(2, MIGRATION));
        assertThat(target.refused(orders.prepare(2, MIGRATION, "host-1"))).isEqualTo(FaultCode.OPERATION_CANCELLED);
    }

    @Test
    void after_the_hand_over_it_is_too_late_to_cancel_or_abort() {
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(start());
        source.done(orders.switchOver(2, MIGRATION));

        assertThat(source.refused(orders.cancel(2, MIGRATION))).isEqualTo(FaultCode.MIGRATION_PAST_NO_RETURN);
        assertThat(target.refused(orders.abort(3, MIGRATION))).isEqualTo(FaultCode.VM_RUNNING);
        assertThat(world.runningAt(VM)).isEqualTo("host-2");
    }

    @Test
    void one_that_does_not_converge_gives_up_and_says_why() {
        here.neverConverges = true;
        target.done(orders.prepare(2, MIGRATION, "host-1"));

        Outcome outcome = source.run(orders.start(2, MIGRATION, "host-2", target.relayAddress(), 300));

        assertThat(AgentRig.fault(outcome)).isEqualTo(FaultCode.MIGRATION_NOT_CONVERGING);
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(source.refused(orders.switchOver(2, MIGRATION))).isEqualTo(FaultCode.MIGRATION_FAILED);
    }

    @Test
    void the_target_dies_while_memory_is_copied() {
        here.neverConverges = true;
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        CompletableFuture<Outcome> copying = source.submit(start());
        Await.until("copying", BOUND, () -> !source.heard.progress.isEmpty());

        there.losePower();

        assertThat(AgentRig.fault(AgentRig.await(copying))).isEqualTo(FaultCode.MIGRATION_FAILED);
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        target.done(orders.abort(2, MIGRATION));
        target.done(orders.prepare(2, "mig-2", "host-1"));
    }

    @Test
    void the_targets_agent_dies_while_memory_is_copied_and_its_shadow_is_swept() {
        here.neverConverges = true;
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        CompletableFuture<Outcome> copying = source.submit(start());
        Await.until("copying", BOUND, () -> !source.heard.progress.isEmpty());

        target.kill();

        assertThat(AgentRig.fault(AgentRig.await(copying))).isEqualTo(FaultCode.MIGRATION_FAILED);
        target.restart();
        assertThat(target.knows(VM)).isFalse();
        assertThat(there.processes).isEmpty();
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
    }

    @Test
    void the_sources_agent_dies_while_memory_is_copied_and_the_guest_stays() {
        here.neverConverges = true;
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.submit(start());
        Await.until("copying", BOUND, () -> !source.heard.progress.isEmpty());

        source.kill();
        source.restart();

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(source.refused(orders.switchOver(2, MIGRATION))).isEqualTo(FaultCode.MIGRATION_FAILED);
        Await.until("the shadow to end", BOUND, () -> !target.knows(VM));
        source.done(orders.powerOff(3));
    }

    @Test
    void a_target_that_dies_before_it_acknowledges_everything_leaves_the_guest_and_the_lock_at_the_source() {
        there.dieBeforeAck = true;
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(start());

        assertThat(source.refused(orders.switchOver(2, MIGRATION))).isEqualTo(FaultCode.MIGRATION_FAILED);

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(holder()).isEqualTo("host-1@2");
        target.done(orders.abort(2, MIGRATION));
        assertThat(target.knows(VM)).isFalse();
    }

    @Test
    void an_acknowledgement_that_never_comes_ends_at_the_source() {
        CountDownLatch gate = new CountDownLatch(1);
        there.ackGate = gate;
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(start());

        assertThat(source.refused(orders.switchOver(2, MIGRATION))).isEqualTo(FaultCode.MIGRATION_FAILED);

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(holder()).isEqualTo("host-1@2");
        gate.countDown(); // Too late: the target has everything, but the lock is not its own.
        assertThat(target.refused(orders.activate(3, MIGRATION)))
                .isIn(FaultCode.VM_LOCKED, FaultCode.MIGRATION_FAILED, FaultCode.OBJECT_NOT_FOUND);
        target.run(orders.abort(2, MIGRATION));
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
    }

    @Test
    void the_sources_agent_dies_after_the_hand_over_before_the_acknowledgement_and_takes_the_lock_back() {
        CountDownLatch gate = new CountDownLatch(1);
        there.ackGate = gate;
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(start());
        source.submit(orders.switchOver(2, MIGRATION));
        Await.until("the hand-over", BOUND, () -> holder().equals("host-2@3"));

        source.kill();
        source.restart();
        gate.countDown();

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(holder()).isEqualTo("host-1@2");
        assertThat(source.refused(orders.switchOver(2, MIGRATION))).isEqualTo(FaultCode.MIGRATION_FAILED);
        target.run(orders.abort(2, MIGRATION));
        assertThat(target.knows(VM)).isFalse();
    }

    @Test
    void the_sources_agent_dies_after_everything_was_acknowledged_and_its_successor_knows() {
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(start());
        source.done(orders.switchOver(2, MIGRATION));
        source.kill();
        // As if it had died before it could write that down.
        try (var ledger = dev.sternpost.agent.ledger.Ledger.open(directory.resolve("a-host-1/ledger"))) {
            ledger.update(VM, record -> record.withState(LedgerState.ON));
        }

        source.restart();

        assertThat(source.view(VM).state()).isEqualTo(LedgerState.HANDED_OVER);
        assertThat(source.done(orders.switchOver(2, MIGRATION))).isInstanceOf(Payload.Migration.class);
        assertThat(world.runningAt(VM)).isEqualTo("host-2");
        source.done(orders.release(3, MIGRATION));
    }

    @Test
    void the_source_machine_dies_after_the_hand_over_and_the_server_activates_what_the_target_has() {
        CountDownLatch gate = new CountDownLatch(1);
        there.ackGate = gate;
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(start());
        CompletableFuture<Outcome> switching = source.submit(orders.switchOver(2, MIGRATION));
        Await.until("the hand-over", BOUND, () -> holder().equals("host-2@3"));

        here.losePower();

        // Proven dead: stopped for good. Whether the target has all of the guest only the target can say.
        assertThat(AgentRig.await(switching).fault()).isNull();
        gate.countDown();
        assertThat(source.view(VM).state()).isEqualTo(LedgerState.HANDED_OVER);
        Outcome activated = target.run(orders.activate(3, MIGRATION));
        if (activated.fault() == null) {
            assertThat(world.runningAt(VM)).isEqualTo("host-2");
        } else {
            assertThat(AgentRig.fault(activated)).isEqualTo(FaultCode.MIGRATION_FAILED);
            assertThat(target.view(VM).state()).isEqualTo(LedgerState.OFF);
            target.done(orders.powerOn(4));
        }
    }

    @Test
    void the_targets_agent_dies_after_the_hand_over_and_the_server_activates_through_its_successor() {
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(start());
        source.done(orders.switchOver(2, MIGRATION));
        target.kill();
        // As if it had died before it could write down that the guest runs.
        try (var ledger = dev.sternpost.agent.ledger.Ledger.open(directory.resolve("a-host-2/ledger"))) {
            ledger.put(dev.sternpost.agent.ledger.VmRecord.off(VM, 3, target.datastoreUuid(), "app-1", "app-1")
                    .withState(LedgerState.INCOMING)
                    .withMigration(new dev.sternpost.agent.ledger.MigrationMark(
                            MIGRATION, dev.sternpost.agent.ledger.MigrationMark.Role.TARGET, "host-1", 3)));
        }

        target.restart();

        assertThat(target.view(VM).state()).isEqualTo(LedgerState.ON);
        assertThat(world.runningAt(VM)).isEqualTo("host-2");
    }

    @Test
    void a_target_whose_lock_names_somebody_else_does_not_let_the_guest_run() {
        target.done(orders.prepare(2, MIGRATION, "host-1"));

        assertThat(target.refused(orders.activate(3, MIGRATION))).isEqualTo(FaultCode.VM_LOCKED);
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
    }

    @Test
    void a_lock_that_was_taken_away_stops_the_switch_over_and_the_guest() {
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(start());
        var lock = new VmDirectories("host-0", FileOwner.self()).lock(datastore.resolve("app-1"), "app-1");
        LockHolder mine = lock.holder().orElseThrow();
        lock.handOver(mine, new LockHolder("host-1", 1, 9, ""));

        assertThat(source.refused(orders.switchOver(2, MIGRATION))).isEqualTo(FaultCode.VM_LOCKED);

        // The lock is somebody else's now, so the guest may run nowhere, but its power can be cut.
        assertThat(world.runningAt(VM)).isEmpty();
        source.done(orders.powerOff(3));
    }

    @Test
    void other_operations_wait_until_the_migration_is_over() {
        here.neverConverges = true;
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.submit(start());
        Await.until("copying", BOUND, () -> !source.heard.progress.isEmpty());

        assertThat(source.refused(orders.powerOff(3))).isEqualTo(FaultCode.VM_WRONG_POWER_STATE);

        source.done(orders.cancel(2, MIGRATION));
        source.done(orders.powerOff(3));
    }

    @Test
    void an_old_migration_order_is_refused_where_the_virtual_machine_has_been_since() {
        migrate();

        assertThat(source.refused(orders.prepare(2, "mig-0", "host-3"))).isEqualTo(FaultCode.STALE_GENERATION);
        assertThat(target.refused(orders.prepare(3, "mig-0", "host-3"))).isEqualTo(FaultCode.VM_RUNNING);
    }

    private void migrate() {
        target.done(orders.prepare(2, MIGRATION, "host-1"));
        source.done(start());
        source.done(orders.switchOver(2, MIGRATION));
        target.done(orders.activate(3, MIGRATION));
        source.done(orders.release(3, MIGRATION));
    }

    private AgentCommand start() {
        return orders.start(2, MIGRATION, "host-2", target.relayAddress());
    }

    private AgentRig rig(String hostId, FakeWorld.Machine machine) {
        return new AgentRig(
                AUTHORITY.host(hostId),
                directory.resolve("a-" + hostId),
                datastore,
                FileOwner.self(),
                () -> new FakeEngine(machine));
    }

    private String holder() {
        return new VmDirectories("host-0", FileOwner.self())
                .lock(datastore.resolve("app-1"), "app-1")
                .holder()
                .map(LockHolder::toString)
                .orElse("");
    }
}
