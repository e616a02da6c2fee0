package dev.sternpost.agent.availability.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.availability.store.DirectorySlotStore;
import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening;
import dev.sternpost.inventory.HostId;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The guard as it is: a process of its own. */
@Timeout(180)
class GuardProcessTest {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final HostId HOST = new HostId("host-1");

    @TempDir
    Path directory;

    private final Heard heard = new Heard();
    private GuardFiles files;
    private DirectorySlotStore store;
    private GuardClient client;

    /** What the guard said. */
    private static final class Heard implements GuardLine.Listener {
        final List<Effect.LeaseIs> leases = new CopyOnWriteArrayList<>();
        final List<String> fences = new CopyOnWriteArrayList<>();
        final List<Happening> happenings = new CopyOnWriteArrayList<>();

        @Override
        public void lease(Effect.LeaseIs lease) {
            leases.add(lease);
        }

        @Override
        public void fence(boolean works, String words) {
            fences.add(works + " " + words);
        }

        @Override
        public void happened(Happening happening) {
            happenings.add(happening);
        }

        boolean holds() {
            return !leases.isEmpty() && leases.getLast().untilMillis() > BootClock.millis();
        }
    }

    @BeforeEach
    void start() throws IOException {
        files = GuardFiles.in(directory);
        files.create();
        store = DirectorySlotStore.create(directory.resolve("slots"));
        client = client();
        client.start();
        Await.until("the guard to hold its lease", BOUND, heard::holds);
    }

    private GuardClient client() {
        return client(directory.resolve("slots"), false);
    }

    private GuardClient client(Path slots, boolean patient) {
        GuardSetup setup = new GuardSetup(HOST, slots, patient, directory, "", System.getProperty("java.class.path"));
        return new GuardClient(files, setup, heard);
    }

    @AfterEach
    void end() {
        client.end();
        try {
            Await.until("the guard's end", BOUND, () -> guard().isEmpty());
        } finally {
            guard().ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private Optional<ProcessHandle> guard() {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(files.pid()).strip()))
                    .filter(ProcessHandle::isAlive);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private HostLease lease() {
        try {
            return store.read(HostLease.slotOf(HOST)).flatMap(HostLease::decode).orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void it_renews_the_lease_and_says_whether_the_agent_lives() {
        // Proved beside the first renewals, in no order.
        Await.until("its proof", BOUND, () -> !heard.fences.isEmpty());
        assertThat(heard.fences).singleElement().asString().startsWith("true a test process");
        long first = lease().sequence();
        Await.until(
                "renewals without an agent that speaks", BOUND, () -> lease().sequence() > first && !lease().agentUp());
        Await.until("the agent to be noticed", BOUND, () -> {
            client.agentLives(true);
            return lease().agentUp() && lease().isolated();
        });
    }

    @Test
    void a_guard_that_is_killed_is_followed_by_another_under_the_same_lease() {
        long epoch = heard.leases.getLast().epoch();
        long incarnation = lease().incarnation();
        guard().orElseThrow().destroyForcibly();
        Await.until("another guard", BOUND, () -> lease().incarnation() > incarnation && heard.holds());
        assertThat(heard.leases.getLast().epoch()).isEqualTo(epoch);
        assertThat(heard.happenings).extracting(Happening::kind).containsExactly(Happening.Kind.LEASE_BACK);
    }

    @Test
    void an_agent_that_comes_back_finds_the_guard_it_left() {
        long pid = guard().orElseThrow().pid();
        client.close();
        client = client();
        client.start();
        Await.until("the new agent's line", BOUND, client::isUp);
        assertThat(guard().orElseThrow().pid()).isEqualTo(pid);
    }

    @Test
    void a_guard_that_is_set_up_otherwise_takes_the_place_of_the_one_before() {
        long pid = guard().orElseThrow().pid();
        client.close();
        client = client(directory.resolve("slots"), true);
        client.start();
        Await.until(
                "another guard that holds the lease",
                BOUND,
                () -> guard().filter(ProcessHandle::isAlive)
                                .filter(other -> other.pid() != pid)
                                .isPresent()
                        && client.isUp()
                        && heard.holds());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void a_guard_that_could_not_guard_does_not_take_the_place_of_one_that_does() {
        ProcessHandle before = guard().orElseThrow();
        client.close();
        client = client(directory.resolve("nowhere"), false);
        client.start();
        Await.until("its trial", BOUND, () -> Files.exists(files.log()) && log().contains("could not guard"));
        long sequence = lease().sequence();
        Await.until("more renewals", BOUND, () -> lease().sequence() > sequence);
        assertThat(before.isAlive()).isTrue();
    }

    private String log() {
        try {
            return Files.readString(files.log());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_guard_that_slept_past_its_lease_says_that_it_is_lost_before_it_gets_another() throws Exception {
        long epoch = heard.leases.getLast().epoch();
        long pid = guard().orElseThrow().pid();
        signal("STOP", pid);
        Await.until("the lease to be over", BOUND, () -> !heard.holds());
        signal("CONT", pid);
        Await.until("the next lease", BOUND, heard::holds);
        assertThat(heard.leases.getLast().epoch()).isGreaterThan(epoch);
        assertThat(heard.happenings)
                .extracting(Happening::kind)
                .containsExactly(Happening.Kind.LEASE_BACK, Happening.Kind.FENCED, Happening.Kind.LEASE_BACK);
    }

    @Test
    void one_that_was_told_to_end_leaves_no_lease_that_could_be_taken_for_a_lost_one() throws IOException {
        client.end();
        Await.until("its end", BOUND, () -> guard().isEmpty());
        assertThat(store.read(HostLease.slotOf(HOST))).contains(HostLease.LEFT);
        assertThat(files.directory().resolve("lease")).doesNotExist();
    }

    @Test
    void a_process_that_has_the_number_of_a_guard_that_died_is_left_alone() throws Exception {
        client.close();
        guard().orElseThrow().destroyForcibly();
        Process other = new ProcessBuilder("sleep", "300").start();
        try {
            Files.writeString(files.pid(), Long.toString(other.pid()));
            client.end();
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }
}
