package dev.sternpost.agent.operation;

import static dev.sternpost.agent.operation.Orders.VM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operations tell high availability, and what they do for it. */
class KeptVmsTest {
    private static final TestAuthority AUTHORITY = new TestAuthority();

    private static final Duration BOUND = Duration.ofSeconds(30);

    private final FakeWorld world = new FakeWorld();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private boolean leaseLost;

    @TempDir
    Path directory;

    private Path datastore;
    private FakeWorld.Machine machine;
    private AgentRig agent;
    private Orders orders;
    private VmPlace place;

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
        agent.kill();
        agent.keeper = new Told();
        agent.restart();
        orders = new Orders(agent.datastoreUuid());
        place = new VmPlace(agent.datastoreUuid(), "app-1");
        agent.done(orders.create(1));
    }

    @AfterEach
    void neverTwoAtOnce() {
        agent.close();
        machine.losePower();
        assertThat(world.violations).isEmpty();
    }

    /** Protects everything. */
    private final class Told implements Keeper {
        @Override
        public Permit permit(String vmId) {
            return () -> {
                told.add("may it run");
                if (leaseLost) {
                    throw new FaultException(FaultCode.HOST_ERROR, vmId, "the lease is lost");
                }
            };
        }

        @Override
        public boolean keeps(String vmId) {
            return true;
        }

        @Override
        public void runs(String vmId, long generation) {
            told.add("runs " + generation);
        }

        @Override
        public void left(String vmId) {
            told.add("left");
        }

        @Override
        public boolean ended(String vmId, long generation, String reason) {
            told.add("ended");
            return true;
        }

        @Override
        public boolean off(String vmId, long generation, String reason) {
            told.add("off " + generation);
            return true;
        }
    }

    @Test
    void one_that_is_powered_on_is_listed_before_its_guest_is_let_run() {
        agent.done(orders.powerOn(2));
        assertThat(told).containsExactly("runs 2", "may it run");
    }

    @Test
    void one_that_could_not_be_powered_on_is_not_listed_any_more() {
        leaseLost = true;
        agent.refused(orders.powerOn(2));
        assertThat(told).containsExactly("runs 2", "may it run", "left");
        assertThat(agent.view(VM).lockOwner()).isEmpty();
    }

    @Test
    void an_order_to_start_one_that_has_just_been_powered_on_here_lets_its_guest_go_on() {
        agent.done(orders.powerOn(2));
        FakeWorld.Process process = machine.process(VM);
        take(3);
        agent.operations.kept().start(VM, 3, place, () -> {});
        assertThat(machine.process(VM)).isSameAs(process);
        assertThat(agent.view(VM).generation()).isEqualTo(3);
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.ON);
    }

    @Test
    void what_is_left_of_one_that_others_have_had_since_is_ended_first() {
        agent.done(orders.powerOn(2));
        FakeWorld.Process process = machine.process(VM);
        take(5);
        agent.operations.kept().start(VM, 5, place, () -> {});
        assertThat(machine.process(VM)).isNotSameAs(process);
    }

    private void take(long generation) {
        KeptVms kept = agent.operations.kept();
        LockHolder next = new LockHolder("host-1", 1, generation, "");
        assertThat(kept.exchange(place, VM, kept.lock(place, VM), Optional.of(next)))
                .map(LockHolder::toString)
                .contains("host-1@" + generation);
    }

    @Test
    void one_that_waits_to_be_started_again_can_be_deleted() {
        agent.done(orders.powerOn(2));
        agent.done(orders.powerOff(3));
        KeptVms kept = agent.operations.kept();
        kept.exchange(place, VM, Optional.empty(), Optional.of(LockHolder.released(3)));
        agent.done(orders.delete(4));
        assertThat(datastore.resolve("app-1")).doesNotExist();
    }

    @Test
    void a_stop_ends_the_process_and_leaves_the_lock() {
        agent.done(orders.powerOn(2));
        agent.operations.kept().stop(VM, 2, false);
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.OFF);
        assertThat(agent.operations.kept().running()).isEmpty();
        assertThat(agent.operations.kept().lock(place, VM))
                .map(LockHolder::toString)
                .contains("host-1@2");
        // Asked again, as it is until the end was heard.
        agent.operations.kept().stop(VM, 2, false);
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.OFF);
    }

    @Test
    void a_stop_that_comes_late_leaves_alone_what_was_started_since() throws InterruptedException {
        agent.done(orders.powerOn(2));
        world.guest(VM).obeysShutdown = false;
        KeptVms kept = agent.operations.kept();
        // While its guest is being asked, others have had it, and it is started anew.
        Thread late = Thread.ofPlatform().start(() -> kept.stop(VM, 2, true));
        Await.until("the guest to be asked", BOUND, () -> world.guest(VM).shutdownRequests > 0);
        take(5);
        kept.start(VM, 5, place, () -> {});
        FakeWorld.Process anew = machine.process(VM);
        late.join(BOUND);
        assertThat(machine.process(VM)).isSameAs(anew);
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.ON);
    }

    @Test
    void a_stop_ends_also_what_the_server_has_given_a_later_generation_meanwhile() {
        agent.done(orders.powerOn(2));
        take(3);
        agent.operations.kept().start(VM, 3, place, () -> {});
        agent.operations.kept().stop(VM, 2, false);
        assertThat(agent.view(VM).state()).isEqualTo(LedgerState.OFF);
    }

    @Test
    void the_lock_of_a_guest_that_shut_down_is_left_to_the_keeper_when_it_cannot_be_removed() throws IOException {
        agent.done(orders.powerOn(2));
        Files.move(datastore.resolve("app-1"), datastore.resolve("elsewhere"));
        machine.process(VM).vanish(new EngineEvent.GuestShutdown(VM, "the guest shut down"));
        Await.until("the keeper to be told", BOUND, () -> told.contains("off 2"));
        Await.until("it to be off", BOUND, () -> agent.view(VM).state() == LedgerState.OFF);
        assertThat(told).doesNotContain("left", "ended");
    }

    @Test
    void a_process_that_dies_after_its_guest_could_not_be_asked_to_shut_down_is_kept_up() {
        agent.done(orders.powerOn(2));
        world.guest(VM).tools = false;
        world.guest(VM).deaf = true;
        agent.refused(orders.shutdown(3, 5_000));
        machine.process(VM).vanish(new EngineEvent.EngineDied(VM, "killed"));
        Await.until("the keeper to be told", BOUND, () -> told.contains("ended"));
    }
}
