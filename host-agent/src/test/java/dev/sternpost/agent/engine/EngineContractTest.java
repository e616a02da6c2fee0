package dev.sternpost.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every engine must do. */
@Timeout(120)
public abstract class EngineContractTest {

    private static final String VM = "vm-17";
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};

    @TempDir
    Path temporary;

    protected EngineHarness harness;
    protected EventLog events = new EventLog();

    protected abstract EngineHarness open(Path temporary);

    @BeforeEach
    void openHarness() {
        harness = open(temporary);
    }

    @AfterEach
    void closeHarness() {
        harness.close();
    }

    private RunningVm startCold(int host) {
        RunningVm vm = harness.engine(host).start(harness.launch(VM, new LaunchMode.Cold()), events);
        harness.awaitGuest(vm);
        return vm;
    }

    // ---- life ----

    @Test
    void a_started_machine_runs_and_powering_it_off_leaves_nothing() {
        HypervisorEngine engine = harness.engine(1);
        RunningVm vm = startCold(1);
        assertThat(vm.state()).isEqualTo(RunState.RUNNING);
        assertThat(engine.running()).containsExactly(vm);
        assertThat(engine.facts().accelerator()).isNotEmpty();
        assertThat(harness.leftovers(1)).isNotEmpty();

        vm.powerOff();

        assertThat(vm.state()).isEqualTo(RunState.ENDED);
        assertThat(engine.running()).isEmpty();
        assertThat(harness.leftovers(1)).isEmpty();
        assertThat(events.all()).noneMatch(EngineEvent::ended);
        vm.powerOff();
    }

    @Test
    void a_machine_is_held_by_an_engine_once() {
        startCold(1);
        assertThatThrownBy(() -> harness.engine(1).start(harness.launch(VM, new LaunchMode.Cold()), events))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_start_that_fails_leaves_nothing() throws IOException {
        VmLaunch launch = harness.launch(VM, new LaunchMode.Cold());
        Files.delete(
                launch.directory().resolve(launch.shape().disks().getFirst().fileName()));
        assertThatThrownBy(() -> harness.engine(1).start(launch, events)).isInstanceOf(FaultException.class);
        assertThat(harness.leftovers(1)).isEmpty();
        assertThat(harness.engine(1).running()).isEmpty();
    }

    @Test
    void a_disk_that_another_host_uses_cannot_be_started_with() {
        startCold(1);
        assertThatThrownBy(() -> harness.engine(2).start(harness.launch(VM, new LaunchMode.Cold()), events))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.VM_LOCKED));
        assertThat(harness.leftovers(2)).isEmpty();
    }

    @Test
    void a_paused_guest_stands_still_until_it_is_resumed() {
        RunningVm vm = startCold(1);
        vm.pause();
        assertThat(vm.state()).isEqualTo(RunState.PAUSED);
        vm.pause();
        events.await(EngineEvent.Stopped.class);
        vm.resume();
        assertThat(vm.state()).isEqualTo(RunState.RUNNING);
        vm.resume();
        harness.requireGuestWorks(vm);
    }

    @Test
    void the_screen_can_be_seen() {
        RunningVm vm = startCold(1);
        assertThat(vm.screenshot()).startsWith(PNG);
        assertThat(vm.vncSocket()).isAbsolute();
        vm.announce();
    }

    @Test
    void what_a_machine_uses_can_be_read_and_only_grows() {
        RunningVm vm = startCold(1);
        harness.requireGuestWorks(vm);
        VmMeters first = Await.untilPresent("the first reading", BOUND, vm::meters);
        Await.until(
                "more CPU time is used", BOUND, () -> vm.meters().orElseThrow().cpuUsedNanos() > first.cpuUsedNanos());
        VmMeters second = vm.meters().orElseThrow();

        assertThat(second.nanoTime()).isGreaterThan(first.nanoTime());
        assertThat(second.cpuReadyNanos()).isGreaterThanOrEqualTo(first.cpuReadyNanos());
        assertThat(second.memoryConsumedBytes()).isPositive();
        assertThat(second.disks().readBytes())
                .isGreaterThanOrEqualTo(first.disks().readBytes());

        vm.powerOff();

        assertThat(vm.meters()).isEmpty();
    }

    @Test
    void the_shadow_of_a_live_migration_uses_nothing_that_counts() {
        RunningVm shadow = harness.engine(2).start(harness.launch(VM, new LaunchMode.Incoming("migration-1")), events);

        assertThat(shadow.meters()).isEmpty();
    }

    // ---- ends ----

    @Test
    void a_guest_that_shuts_down_ends_the_machine_in_good_order() {
        RunningVm vm = startCold(1);
        harness.guestShutsDown(vm);
        EngineEvent event = events.await(EngineEvent.GuestShutdown.class);
        assertThat(event.ended()).isTrue();
        assertThat(vm.state()).isEqualTo(RunState.ENDED);
        assertThat(harness.leftovers(1)).isEmpty();
        assertThat(events.find(EngineEvent.EngineDied.class)).isEmpty();
    }

    @Test
    void a_machine_that_is_killed_is_told_apart_from_a_shutdown() {
        RunningVm vm = startCold(1);
        harness.kill(vm);
        events.await(EngineEvent.EngineDied.class);
        assertThat(vm.state()).isEqualTo(RunState.ENDED);
        assertThat(harness.engine(1).running()).isEmpty();
        assertThat(harness.leftovers(1)).isEmpty();
        assertThat(events.find(EngineEvent.GuestShutdown.class)).isEmpty();
    }

    @Test
    void a_listener_may_power_off_what_it_hears_about() {
        RunningVm[] vm = new RunningVm[1];
        EngineListener off = event -> {
            events.happened(event);
            if (event instanceof EngineEvent.Stopped) {
                vm[0].powerOff();
            }
        };
        vm[0] = harness.engine(1).start(harness.launch(VM, new LaunchMode.Cold()), off);
        vm[0].pause();
        Await.until("the machine is off", BOUND, () -> vm[0].state() == RunState.ENDED);
        assertThat(harness.leftovers(1)).isEmpty();
    }

    @Test
    void nothing_is_left_of_a_machine_that_is_seen_ended() {
        RunningVm vm = startCold(1);
        harness.guestShutsDown(vm);
        // Without the pauses of a polite wait, so as to look in the very moment of the end.
        long until = System.nanoTime() + BOUND.toNanos();
        while (vm.state() != RunState.ENDED && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertThat(harness.leftovers(1)).isEmpty();
        assertThat(harness.engine(1).running()).isEmpty();
    }

    @Test
    void a_guest_that_restarts_runs_on() {
        RunningVm vm = startCold(1);
        harness.guestRestarts(vm);
        events.await(EngineEvent.GuestReset.class);
        assertThat(vm.state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void reset_restarts_the_guest_without_a_word_of_its_own() {
        RunningVm vm = startCold(1);
        vm.reset();
        harness.awaitGuest(vm);
        assertThat(vm.state()).isEqualTo(RunState.RUNNING);
        assertThat(events.find(EngineEvent.GuestReset.class)).isEmpty();
    }

    // ---- suspend ----

    @Test
    void a_suspended_guest_goes_on_where_it_was() {
        RunningVm vm = startCold(1);
        Path memory = harness.scratch().resolve("vm.vmss");
        vm.suspendTo(memory, BOUND);
        assertThat(memory).isRegularFile().isNotEmptyFile();
        assertThat(vm.state()).isEqualTo(RunState.ENDED);
        assertThat(harness.leftovers(1)).isEmpty();
        assertThat(events.all()).noneMatch(EngineEvent::ended);

        RunningVm again = harness.engine(2).start(harness.launch(VM, new LaunchMode.ResumeFromSuspend(memory)), events);
        assertThat(again.state()).isEqualTo(RunState.RUNNING);
        harness.requireGuestWorks(again);
        assertThat(memory).exists();
    }

    @Test
    void a_suspend_that_fails_leaves_the_guest_running_and_no_file() throws IOException {
        RunningVm vm = startCold(1);
        Path memory = harness.scratch().resolve("missing/vm.vmss");
        assertThatThrownBy(() -> vm.suspendTo(memory, BOUND)).isInstanceOf(FaultException.class);
        assertThat(vm.state()).isEqualTo(RunState.RUNNING);
        harness.requireGuestWorks(vm);
        vm.suspendTo(harness.scratch().resolve("vm.vmss"), BOUND);
        try (var files = Files.list(harness.scratch())) {
            assertThat(files.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
        }
    }

    @Test
    void a_damaged_memory_file_is_a_failed_start_that_leaves_nothing() throws IOException {
        startCold(1).powerOff();
        Path memory = Files.write(harness.scratch().resolve("bad.vmss"), new byte[1000]);
        assertThatThrownBy(() ->
                        harness.engine(1).start(harness.launch(VM, new LaunchMode.ResumeFromSuspend(memory)), events))
                .isInstanceOf(FaultException.class);
        assertThat(harness.leftovers(1)).isEmpty();
        assertThat(harness.engine(1).running()).isEmpty();
    }

    // ---- agents come and go ----

    @Test
    void a_machine_survives_its_agent_and_is_found_again() {
        RunningVm before = startCold(1);
        ProcessIdentity process = before.process();
        harness.engine(1).close();

        HypervisorEngine after = harness.engine(1);
        List<Survivor> survivors = after.survivors();
        assertThat(survivors).singleElement().satisfies(survivor -> {
            assertThat(survivor.alive()).isTrue();
            assertThat(survivor.launch()).isEqualTo(before.launch());
            assertThat(survivor.process()).isEqualTo(process);
        });
        RunningVm vm = after.adopt(VM, events).orElseThrow();
        assertThat(vm.state()).isEqualTo(RunState.RUNNING);
        assertThat(vm.process()).isEqualTo(process);
        assertThat(vm.startedEpochMillis()).isEqualTo(before.startedEpochMillis());
        harness.requireGuestWorks(vm);
        harness.guestShutsDown(vm);
        events.await(EngineEvent.GuestShutdown.class);
        assertThat(harness.leftovers(1)).isEmpty();
    }

    @Test
    void a_shutdown_while_no_agent_was_there_is_told_at_adoption() {
        RunningVm before = startCold(1);
        harness.engine(1).close();
        EventLog unheard = events;
        harness.guestShutsDown(before);

        EventLog heard = new EventLog();
        Await.until("the shutdown is told", BOUND, () -> {
            Optional<RunningVm> vm =
                    harness.engine(1).running().isEmpty() ? harness.engine(1).adopt(VM, heard) : Optional.empty();
            return heard.find(EngineEvent.GuestShutdown.class).isPresent()
                    || vm.isPresent() && vm.get().state() == RunState.ENDED;
        });
        heard.await(EngineEvent.GuestShutdown.class);
        assertThat(unheard.find(EngineEvent.GuestShutdown.class)).isEmpty();
        assertThat(harness.leftovers(1)).isEmpty();
    }

    @Test
    void a_machine_that_died_while_no_agent_was_there_is_not_adopted_and_leaves_nothing() {
        RunningVm before = startCold(1);
        harness.engine(1).close();
        harness.kill(before);
        HypervisorEngine after = harness.engine(1);
        assertThat(after.survivors())
                .singleElement()
                .satisfies(survivor -> assertThat(survivor.alive()).isFalse());
        assertThat(after.adopt(VM, events)).isEmpty();
        assertThat(after.survivors()).isEmpty();
        assertThat(harness.leftovers(1)).isEmpty();
    }

    @Test
    void what_nobody_wants_any_more_is_cleared() {
        startCold(1);
        harness.engine(1).close();
        HypervisorEngine after = harness.engine(1);
        after.sweep();
        assertThat(after.survivors()).hasSize(1);
        after.clear(VM);
        assertThat(after.survivors()).isEmpty();
        assertThat(harness.leftovers(1)).isEmpty();
        after.clear(VM);
    }

    // ---- live migration ----

    /** A migration under way between host 1 and host 2. */
    private final class Move implements AutoCloseable {
        final RunningVm from;
        final RunningVm to;
        final EventLog targetEvents = new EventLog();
        final StreamPipe pipe;

        Move(VmLaunch launch) throws IOException {
            this(launch, harness.engine(1).start(launch, events));
        }

        Move(VmLaunch launch, RunningVm source) throws IOException {
            from = source;
            to = harness.engine(2)
                    .start(
                            new VmLaunch(
                                    launch.shape(),
                                    launch.directory(),
                                    launch.vmxName(),
                                    launch.generation() + 1,
                                    new LaunchMode.Incoming("migration-1")),
                            targetEvents);
            Path socket = to.socketDirectory().resolve("m");
            to.migrationTarget().listen(socket);
            pipe = new StreamPipe(from.socketDirectory().resolve("m"), socket);
        }

        MigrationSource source() {
            return from.migrationSource();
        }

        void start() {
            source().start(from.socketDirectory().resolve("m"), 0, 300);
        }

        MigrationProgress awaitConverged() {
            return Await.untilPresent(
                    "converged", BOUND, () -> Optional.of(source().progress()).filter(MigrationProgress::converged));
        }

        @Override
        public void close() throws IOException {
            pipe.close();
        }
    }

    private Move move() throws IOException {
        VmLaunch launch = harness.launch(VM, new LaunchMode.Cold());
        RunningVm vm = harness.engine(1).start(launch, events);
        harness.awaitGuest(vm);
        return new Move(launch, vm);
    }

    @Test
    void a_guest_moves_to_another_host_and_works_there() throws IOException {
        try (Move move = move()) {
            assertThat(move.to.state()).isEqualTo(RunState.INCOMING);
            move.start();
            move.awaitConverged();
            move.source().requestSwitchover(300);
            MigrationSource.StopInstant stopped = move.source().awaitPreSwitchover(BOUND);
            move.source().continueSwitchover();
            MigrationProgress done = move.source().awaitCompleted(BOUND);
            move.to.migrationTarget().awaitLoaded(BOUND);

            assertThat(done.phase()).isEqualTo(MigrationPhase.COMPLETED);
            assertThat(done.rounds()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(done.rounds().getFirst().sentBytes()).isPositive();
            assertThat(done.sentBytes()).isPositive();
            assertThat(done.engineDowntimeMillis()).isPositive();
            assertThat(move.from.state()).isEqualTo(RunState.MIGRATED_AWAY);
            assertThat(move.to.state()).isEqualTo(RunState.LOADED);
            assertThatThrownBy(move.from::resume).isInstanceOf(IllegalStateException.class);

            MigrationTarget.RunInstant ran = move.to.migrationTarget().activate();
            assertThat(ran.nanoTime()).isGreaterThan(stopped.nanoTime());
            assertThat(move.to.migrationTarget().activate()).isEqualTo(ran);
            assertThat(move.to.state()).isEqualTo(RunState.RUNNING);
            harness.requireGuestWorks(move.to);

            move.from.powerOff();
            assertThat(harness.leftovers(1)).isEmpty();
            assertThat(move.source().cancel()).isEqualTo(MigrationPhase.COMPLETED);
            assertThat(events.all()).noneMatch(EngineEvent::ended);
        }
    }

    @Test
    void a_converged_guest_runs_on_until_it_may_be_stopped() throws IOException {
        try (Move move = move()) {
            move.start();
            move.awaitConverged();
            long until = System.nanoTime() + Duration.ofMillis(1500).toNanos();
            while (System.nanoTime() < until) {
                assertThat(move.from.state()).isEqualTo(RunState.RUNNING);
                assertThat(move.source().progress().phase()).isEqualTo(MigrationPhase.PRECOPY);
            }
            harness.requireGuestWorks(move.from);
            move.source().requestSwitchover(300);
            move.source().awaitPreSwitchover(BOUND);
            assertThat(move.from.state()).isEqualTo(RunState.PAUSED);
        }
    }

    @Test
    void a_migration_can_be_cancelled_before_the_switch_over_and_tried_again() throws IOException {
        VmLaunch launch;
        try (Move move = move()) {
            launch = move.from.launch();
            move.start();
            move.awaitConverged();
            move.source().requestSwitchover(300);
            move.source().awaitPreSwitchover(BOUND);
            assertThat(move.source().cancel()).isIn(MigrationPhase.CANCELLED, MigrationPhase.FAILED);
            assertThat(move.source().cancel()).isIn(MigrationPhase.CANCELLED, MigrationPhase.FAILED);
            assertThat(move.from.state()).isEqualTo(RunState.RUNNING);
            harness.requireGuestWorks(move.from);
            move.targetEvents.await(EngineEvent.EngineDied.class);
            assertThatThrownBy(() -> move.to.migrationTarget().activate()).isInstanceOf(FaultException.class);
            assertThat(harness.leftovers(2)).isEmpty();
        }
        RunningVm source = harness.engine(1).running().getFirst();
        Files.deleteIfExists(source.socketDirectory().resolve("m"));
        try (Move again = new Move(launch, source)) {
            again.start();
            again.awaitConverged();
            again.source().requestSwitchover(300);
            again.source().awaitPreSwitchover(BOUND);
            again.source().continueSwitchover();
            again.source().awaitCompleted(BOUND);
            again.to.migrationTarget().awaitLoaded(BOUND);
            again.to.migrationTarget().activate();
            harness.requireGuestWorks(again.to);
        }
    }

    @Test
    void a_stream_cut_in_pre_copy_leaves_the_guest_where_it_was() throws IOException {
        try (Move move = move()) {
            move.pipe.limit(200_000);
            move.start();
            Await.until("bytes flow", BOUND, () -> move.pipe.carriedBytes() > 0);
            move.pipe.cut();
            Await.until("failed", BOUND, () -> move.source().progress().phase() == MigrationPhase.FAILED);
            assertThat(move.source().progress().error()).isNotEmpty();
            assertThat(move.from.state()).isEqualTo(RunState.RUNNING);
            harness.requireGuestWorks(move.from);
            assertThatThrownBy(() -> move.to.migrationTarget().awaitLoaded(BOUND))
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            fault -> assertThat(fault.code()).isEqualTo(FaultCode.MIGRATION_FAILED));
            assertThatThrownBy(() -> move.source().awaitPreSwitchover(BOUND)).isInstanceOf(FaultException.class);
        }
    }

    @Test
    void a_stream_that_loses_its_end_in_the_switch_over_never_gives_two_guests() throws IOException {
        try (Move move = move()) {
            move.start();
            move.awaitConverged();
            move.source().requestSwitchover(300);
            move.source().awaitPreSwitchover(BOUND);
            move.pipe.swallow();
            move.source().continueSwitchover();
            assertThatThrownBy(() -> move.source().awaitCompleted(Duration.ofMillis(500)))
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            fault -> assertThat(fault.code()).isEqualTo(FaultCode.OPERATION_TIMED_OUT));
            assertThat(move.source().progress().phase()).isEqualTo(MigrationPhase.DEVICE);
            move.pipe.cut();
            assertThatThrownBy(() -> move.source().awaitCompleted(BOUND))
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            fault -> assertThat(fault.code()).isEqualTo(FaultCode.MIGRATION_FAILED));
            Await.until("the source runs again", BOUND, () -> move.from.state() == RunState.RUNNING);
            harness.requireGuestWorks(move.from);
            assertThatThrownBy(() -> move.to.migrationTarget().activate()).isInstanceOf(FaultException.class);
        }
    }

    @Test
    void a_target_without_memory_cannot_be_activated() throws IOException {
        try (Move move = move()) {
            assertThatThrownBy(() -> move.to.migrationTarget().activate())
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            fault -> assertThat(fault.code()).isEqualTo(FaultCode.MIGRATION_FAILED));
            assertThat(move.to.state()).isEqualTo(RunState.INCOMING);
            assertThatThrownBy(move.to::resume).isInstanceOf(IllegalStateException.class);
            move.to.powerOff();
            assertThat(harness.leftovers(2)).isEmpty();
        }
    }

    @Test
    void a_migration_is_found_again_by_the_next_agent_and_can_be_cancelled() throws IOException {
        try (Move move = move()) {
            move.start();
            move.awaitConverged();
            harness.engine(1).close();
            RunningVm vm = harness.engine(1).adopt(VM, events).orElseThrow();
            assertThat(vm.migrationSource().progress().phase()).isEqualTo(MigrationPhase.PRECOPY);
            assertThat(vm.migrationSource().cancel()).isIn(MigrationPhase.CANCELLED, MigrationPhase.FAILED);
            assertThat(vm.state()).isEqualTo(RunState.RUNNING);
            harness.requireGuestWorks(vm);
        }
    }

    @Test
    void a_loaded_target_is_found_again_by_the_next_agent_and_can_be_activated() throws IOException {
        try (Move move = move()) {
            move.start();
            move.awaitConverged();
            move.source().requestSwitchover(300);
            move.source().awaitPreSwitchover(BOUND);
            move.source().continueSwitchover();
            move.source().awaitCompleted(BOUND);
            move.to.migrationTarget().awaitLoaded(BOUND);
            harness.engine(2).close();
            RunningVm vm = harness.engine(2).adopt(VM, new EventLog()).orElseThrow();
            assertThat(vm.state()).isEqualTo(RunState.LOADED);
            vm.migrationTarget().awaitLoaded(BOUND);
            vm.migrationTarget().activate();
            assertThat(vm.state()).isEqualTo(RunState.RUNNING);
            harness.requireGuestWorks(vm);
        }
    }

    @Test
    void ticks_go_on_across_a_move_without_a_number_missing() throws IOException {
        try (Move move = new Move(harness.tickingLaunch(VM, new LaunchMode.Cold()))) {
            TickProbe probe = move.from.probe();
            Await.until("the guest ticks", Duration.ofSeconds(60), () -> {
                probe.start(10);
                return probe.awaitTick(-1, Duration.ofSeconds(1)).isPresent();
            });
            move.start();
            move.awaitConverged();
            move.source().requestSwitchover(300);
            move.source().awaitPreSwitchover(BOUND);
            move.source().continueSwitchover();
            move.source().awaitCompleted(BOUND);
            move.to.migrationTarget().awaitLoaded(BOUND);
            move.to.migrationTarget().activate();

            Tick last = move.from.probe().last().orElseThrow();
            Tick first = move.to
                    .probe()
                    .awaitTick(last.sequence(), Duration.ofSeconds(5))
                    .orElseThrow();
            assertThat(first.sequence()).isEqualTo(last.sequence() + 1);
            assertThat(first.arrivalNanoTime()).isGreaterThan(last.arrivalNanoTime());
            assertThat((first.arrivalNanoTime() - last.arrivalNanoTime()) / 1_000_000)
                    .as("pause in ms")
                    .isLessThan(3000);
            assertThat(move.to.probe().recent()).isNotEmpty();
            move.to.probe().stop();
        }
    }
}
