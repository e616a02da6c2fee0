package dev.sternpost.agent.operation;

import static dev.sternpost.agent.operation.Orders.VM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.ledger.EventRecord;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.agent.vmdirectory.VmDirectories;
import dev.sternpost.agent.vmdirectory.VmHardware;
import dev.sternpost.agent.vmdirectory.VmLock;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life of a virtual machine on one host: power, fences, repetition. */
@Timeout(120)
class LifeTest {

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
    void a_virtual_machine_is_made_powered_on_and_off_and_deleted_and_nothing_is_left() throws IOException {
        assertThat(agent.done(orders.create(1))).isInstanceOf(Payload.Shape.class);
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.OFF);

        agent.done(orders.powerOn(2));
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        assertThat(agent.view(VM)).satisfies(view -> {
            assertThat(view.state()).isEqualTo(LedgerState.ON);
            assertThat(view.running()).isTrue();
            assertThat(view.generation()).isEqualTo(2);
            assertThat(view.lockOwner()).isEqualTo("host-1@2");
            assertThat(view.vncAddress()).startsWith("unix:/");
            assertThat(view.bootEpochMillis()).isPositive();
        });

        agent.done(orders.powerOff(3));
        assertThat(world.runningAt(VM)).isEmpty();
        assertThat(lock().holder()).isEmpty();
        assertThat(agent.view(VM).bootEpochMillis()).isZero();

        agent.done(orders.of(4, new Operation.DeleteVm()));
        assertThat(agent.knows(VM)).isFalse();
        try (var left = Files.list(datastore)) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactly(".sternpost-datastore");
        }
    }

    @Test
    void a_lower_generation_is_refused_and_the_highest_survives_deletion_and_restart() {
        agent.done(orders.create(5));
        agent.done(orders.powerOn(6));

        assertThat(agent.refused(orders.powerOff(5))).isEqualTo(FaultCode.STALE_GENERATION);
        assertThat(world.runningAt(VM)).isEqualTo("host-1");

        agent.done(orders.powerOff(7));
        agent.done(orders.of(8, new Operation.DeleteVm()));
        agent.kill();
        agent.restart();
        assertThat(agent.refused(orders.create(7))).isEqualTo(FaultCode.STALE_GENERATION);
        assertThat(agent.refused(orders.powerOn(9))).isEqualTo(FaultCode.OBJECT_NOT_FOUND);
    }

    @Test
    void a_lower_lease_epoch_is_refused_and_does_nothing() {
        agent.done(orders.create(1));
        AgentCommand powerOn = orders.powerOn(2);
        AgentCommand query = new AgentCommand(
                powerOn.taskId() + "/query", powerOn.taskId(), 7, VM, 2, null, new Operation.QueryVm());
        agent.done(query);

        assertThat(agent.refused(Orders.withEpoch(powerOn, 6))).isEqualTo(FaultCode.STALE_EPOCH);
        assertThat(world.runningAt(VM)).isEmpty();
    }

    @Test
    void a_lock_of_another_host_keeps_a_virtual_machine_off_and_is_named() throws IOException {
        agent.done(orders.create(1));
        lock().take(new LockHolder("host-9", 1, 1, ""));

        Outcome outcome = agent.run(orders.powerOn(2));

        assertThat(outcome.fault()).satisfies(fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.VM_LOCKED);
            assertThat(fault.message()).contains("host-9");
        });
        assertThat(world.runningAt(VM)).isEmpty();
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.OFF);
        assertThat(lock().holder().orElseThrow().hostId()).isEqualTo("host-9");
    }

    @Test
    void repeating_a_command_answers_with_its_stored_result_also_after_a_restart() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        AgentCommand powerOff = orders.powerOff(3);
        agent.done(powerOff);
        agent.done(orders.powerOn(4));

        assertThat(agent.repeat(powerOff).payload()).isInstanceOf(Payload.Stored.class);
        agent.kill();
        agent.restart();
        assertThat(agent.repeat(powerOff).payload()).isInstanceOf(Payload.Stored.class);

        assertThat(world.runningAt(VM)).isEqualTo("host-1");
        agent.operations.forgetTask(powerOff.taskId());
        assertThat(AgentRig.fault(agent.repeat(powerOff))).isEqualTo(FaultCode.STALE_GENERATION);
    }

    @Test
    void a_command_under_way_is_joined_by_its_repetition() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        world.guest(VM).obeysShutdown = false;
        AgentCommand shutdown = orders.shutdown(3, 60_000);
        CompletableFuture<Outcome> first = agent.submit(shutdown);
        CompletableFuture<Outcome> second = agent.submit(shutdown);
        Await.until("the guest to be asked", BOUND, () -> world.guest(VM).shutdownRequests > 0);
        assertThat(agent.operations.underWayCount()).isEqualTo(1);

        machine.process(VM).vanish(new EngineEvent.GuestShutdown(VM, "at last"));

        assertThat(AgentRig.await(first).fault()).isNull();
        assertThat(AgentRig.await(second).fault()).isNull();
        assertThat(agent.ledger.unacknowledgedEvents()).isEmpty();
    }

    @Test
    void a_failed_start_leaves_the_state_as_it_was_and_may_be_tried_again() {
        agent.done(orders.create(1));
        machine.failStart = true;
        AgentCommand powerOn = orders.powerOn(2);

        assertThat(agent.refused(powerOn)).isEqualTo(FaultCode.HOST_ERROR);
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.OFF);
        assertThat(lock().holder()).isEmpty();

        machine.failStart = false;
        assertThat(agent.repeat(powerOn).fault()).isNull();
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
    }

    @Test
    void a_guest_that_shuts_down_by_itself_is_booked_off_and_reported_once() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));

        machine.process(VM).vanish(new EngineEvent.GuestShutdown(VM, "bye"));

        Await.until("the booking", BOUND, () -> agent.view(VM).state() == LedgerState.OFF);
        Await.until(
                "the event", BOUND, () -> !agent.ledger.unacknowledgedEvents().isEmpty());
        assertThat(lock().holder()).isEmpty();
        assertThat(agent.ledger.unacknowledgedEvents())
                .singleElement()
                .satisfies(event -> assertThat(List.of(event.kind(), event.vmId(), event.generation()))
                        .isEqualTo(List.of("guestShutdown", VM, 2L)));
    }

    @Test
    void a_shutdown_that_is_seen_before_it_is_told_is_not_taken_for_a_death() {
        world.guest(VM).tools = false; // Then it is looked at often.
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        CountDownLatch news = new CountDownLatch(1);
        machine.newsGate = news;
        FakeWorld.Process process = machine.process(VM);

        process.vanish(new EngineEvent.GuestShutdown(VM, "bye"));
        int looks = process.looks.get();
        Await.until(
                "it was seen ended",
                BOUND,
                () -> process.looks.get() >= looks + 2 || agent.view(VM).state() == LedgerState.OFF);
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.ON);
        news.countDown();

        Await.until("the booking", BOUND, () -> agent.view(VM).state() == LedgerState.OFF);
        Await.until(
                "the event", BOUND, () -> !agent.ledger.unacknowledgedEvents().isEmpty());
        assertThat(agent.ledger.unacknowledgedEvents())
                .extracting(EventRecord::kind)
                .containsExactly("guestShutdown");
    }

    @Test
    void an_end_that_nobody_tells_is_noticed_all_the_same() {
        world.guest(VM).tools = false;
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));

        machine.process(VM).vanish(null);

        Await.until("the booking", BOUND, () -> agent.view(VM).state() == LedgerState.OFF);
        assertThat(lock().holder()).isEmpty();
        agent.done(orders.powerOn(3));
        assertThat(agent.ledger.unacknowledgedEvents())
                .extracting(EventRecord::kind)
                .containsExactly("engineDied");
    }

    @Test
    void an_engine_that_dies_is_reported_and_the_virtual_machine_can_be_started_again() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));

        machine.process(VM).die();

        Await.until("the booking", BOUND, () -> agent.view(VM).state() == LedgerState.OFF);
        agent.done(orders.powerOn(3));
        assertThat(agent.ledger.unacknowledgedEvents())
                .extracting(EventRecord::kind)
                .containsExactly("engineDied");
    }

    @Test
    void a_guest_that_ignores_the_shutdown_is_said_and_can_have_its_power_cut_meanwhile() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        world.guest(VM).obeysShutdown = false;

        assertThat(agent.refused(orders.shutdown(3, 100))).isEqualTo(FaultCode.GUEST_NOT_RESPONDING);
        assertThat(world.runningAt(VM)).isEqualTo("host-1");

        CompletableFuture<Outcome> waiting = agent.submit(orders.shutdown(3, 3_000));
        agent.done(orders.powerOff(4));
        assertThat(world.runningAt(VM)).isEmpty();
        AgentRig.await(waiting);
    }

    @Test
    void a_suspended_guest_goes_on_once_and_never_from_the_same_memory_again() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        agent.done(orders.of(3, new Operation.SuspendVm()));
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.SUSPENDED);
        assertThat(lock().holder()).isEmpty();
        Path memory = datastore.resolve("app-1/app-1.vmss");
        assertThat(memory).exists();

        agent.done(orders.powerOn(4));
        assertThat(memory).doesNotExist();

        agent.done(orders.of(5, new Operation.SuspendVm()));
        agent.done(orders.powerOff(6));
        assertThat(memory).doesNotExist();
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.OFF);
    }

    @Test
    void a_guest_sees_the_machine_it_booted_on_until_it_is_powered_off() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        assertThat(hardware()).isEqualTo(new VmHardware("machine", "model-1"));
        machine.cpuModel = "model-2";
        agent.done(orders.of(3, new Operation.SuspendVm()));
        agent.done(orders.powerOn(4));
        assertThat(hardware().cpuModel()).isEqualTo("model-1");

        agent.done(orders.powerOff(5));
        agent.done(orders.powerOn(6));
        assertThat(hardware().cpuModel()).isEqualTo("model-2");
        agent.done(orders.powerOff(7));
        agent.done(orders.of(8, new Operation.PowerOnVm("model-9,+avx")));
        assertThat(hardware()).isEqualTo(new VmHardware("machine", "model-9,+avx"));
    }

    private VmHardware hardware() {
        VmHardware written = new VmDirectories("host-1", FileOwner.self())
                .read(datastore.resolve("app-1"), "app-1")
                .shape()
                .hardware();
        assertThat(machine.process(VM).launch.shape().hardware()).isEqualTo(written);
        return written;
    }

    @Test
    void a_suspend_that_fails_leaves_the_guest_running() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));
        machine.failSuspend = true;

        assertThat(agent.refused(orders.of(3, new Operation.SuspendVm()))).isEqualTo(FaultCode.HOST_ERROR);

        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.ON);
        assertThat(world.runningAt(VM)).isEqualTo("host-1");
    }

    @Test
    void wrong_states_are_refused_with_what_to_do() {
        agent.done(orders.create(1));
        assertThat(agent.refused(orders.of(1, new Operation.ResetVm()))).isEqualTo(FaultCode.VM_WRONG_POWER_STATE);
        agent.done(orders.powerOn(2));
        assertThat(agent.refused(orders.of(2, new Operation.DeleteVm()))).isEqualTo(FaultCode.VM_RUNNING);
        assertThat(agent.refused(orders.of(2, new Operation.ForgetVm()))).isEqualTo(FaultCode.VM_RUNNING);
        assertThat(agent.refused(orders.of(2, new Operation.ReconfigureVm(Orders.shape(VM)))))
                .isEqualTo(FaultCode.VM_WRONG_POWER_STATE);
    }

    @Test
    void a_directory_is_forgotten_and_adopted_by_another_host() throws IOException {
        agent.done(orders.create(1));
        agent.done(orders.of(2, new Operation.ForgetVm()));
        assertThat(agent.knows(VM)).isFalse();

        FakeWorld.Machine second = new FakeWorld.Machine(world, "host-2", directory.resolve("h2"));
        try (AgentRig other = new AgentRig(
                AUTHORITY.host("host-2"),
                directory.resolve("a2"),
                datastore,
                FileOwner.self(),
                () -> new FakeEngine(second))) {
            other.done(orders.adopt(2));
            other.done(orders.powerOn(3));
            assertThat(world.runningAt(VM)).isEqualTo("host-2");
            assertThat(agent.refused(orders.adopt(3))).isEqualTo(FaultCode.VM_LOCKED);
            other.done(orders.powerOff(4));
        }
    }

    @Test
    void the_guest_is_asked_for_its_addresses_and_changes_are_reported() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));

        Await.until(
                "the address",
                BOUND,
                () -> agent.heard.views.stream()
                        .anyMatch(view -> view.guest().ipAddresses().equals(List.of("10.77.0.9"))
                                && view.guest().hostName().equals("guest-of-" + VM)));
    }

    @Test
    void programs_run_in_the_guest_and_their_output_comes_back() {
        agent.done(orders.create(1));
        agent.done(orders.powerOn(2));

        Payload payload =
                agent.done(orders.of(2, new Operation.RunProgram("/bin/true", List.of(), Duration.ofSeconds(5))));

        assertThat(payload)
                .isInstanceOfSatisfying(
                        Payload.Program.class,
                        program -> assertThat(new String(program.output().standardOutput(), StandardCharsets.UTF_8))
                                .isEqualTo("/bin/true"));
    }

    private VmLock lock() {
        return new VmDirectories("host-0", FileOwner.self()).lock(datastore.resolve("app-1"), "app-1");
    }
}
