package dev.sternpost.agent.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.availability.store.DirectorySlotStore;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.port.Happening;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanExchangeTest {
    private static final HostId SELF = new HostId("host-1");
    private static final HostId OTHER = new HostId("host-2");
    private static final Duration BOUND = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final List<Plan> passedOn = new CopyOnWriteArrayList<>();
    private final List<Happening> happened = new CopyOnWriteArrayList<>();
    private Plan own = plan(1, SELF, OTHER);
    private long now = 1_000;
    private DirectorySlotStore store;
    private PlanFile file;
    private PlanExchange exchange;

    @BeforeEach
    void open() throws IOException {
        store = DirectorySlotStore.create(directory.resolve("slots"));
        file = new PlanFile(directory, PlanExchangeTest::read);
        exchange = new PlanExchange(SELF, () -> now, file, () -> own, passedOn::add, problem -> {}, happened::add);
    }

    /** Its threads are daemons, and may still have files open in the directory that goes. */
    @AfterEach
    void nobody_looks_any_more() {
        Await.until(
                "the threads to end",
                BOUND,
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("plan-exchange")));
    }

    /** As bytes: the version and the hosts. */
    private static Plan read(byte[] bytes) {
        String[] words = new String(bytes, StandardCharsets.US_ASCII).split(" ");
        HostId[] hosts = Arrays.stream(words).skip(1).map(HostId::new).toArray(HostId[]::new);
        return plan(Long.parseLong(words[0]), hosts);
    }

    private static Plan plan(long version, HostId... hosts) {
        StringBuilder source = new StringBuilder(Long.toString(version));
        for (HostId host : hosts) {
            source.append(' ').append(host);
        }
        List<MemberHost> members = Arrays.stream(hosts)
                .map(host -> new MemberHost(host, 1, 1, true))
                .toList();
        return new Plan(
                "domain-c1",
                Plan.Mode.ARMED,
                "",
                ClusterConfig.of(version, HaTiming.DEFAULT, members, List.of()),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(),
                List.of(),
                new Plan.Source(source.toString().getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void who_knows_more_tells_it_and_who_knows_less_hears_it() {
        own = plan(2, SELF, OTHER);
        exchange.look(store);
        Await.until("it to be written", BOUND, () -> written() == 2);
        own = plan(1, SELF, OTHER);
        Await.until("it to be heard", BOUND, () -> {
            exchange.look(store);
            return !passedOn.isEmpty();
        });
        assertThat(passedOn.getFirst().version()).isEqualTo(2);
        assertThat(passedOn.getFirst().hasMember(OTHER)).isTrue();
    }

    @Test
    void a_version_that_cannot_be_is_written_over_and_told() throws IOException {
        store.write("cluster.config", PlanFile.encode(plan(Long.MAX_VALUE, SELF)));
        exchange.look(store);
        Await.until("it to be written over", BOUND, () -> written() == 1);
        assertThat(passedOn).isEmpty();
        assertThat(happened).extracting(Happening::kind).containsExactly(Happening.Kind.NUMBER_REFUSED);
    }

    private long written() {
        try {
            return store.read("cluster.config")
                    .flatMap(file::decode)
                    .map(Plan::version)
                    .orElse(0L);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_host_that_the_cluster_goes_on_without_leaves_when_all_have_heard() {
        own = plan(2, OTHER);
        exchange.leaveIfLeftOut();
        now += 29_999;
        exchange.leaveIfLeftOut();
        own = plan(3, SELF, OTHER);
        exchange.leaveIfLeftOut();
        own = plan(4, OTHER);
        exchange.leaveIfLeftOut();
        now += 29_999;
        exchange.leaveIfLeftOut();
        assertThat(passedOn).isEmpty();
        now += 1;
        exchange.leaveIfLeftOut();
        Await.until("it to leave", BOUND, () -> !passedOn.isEmpty());
        assertThat(passedOn.getFirst().isOn()).isFalse();
    }

    @Test
    void that_it_was_switched_off_outlives_the_agent() {
        file.store(own.off());
        assertThat(file.load().isOn()).isFalse();
        file.store(own);
        assertThat(file.load().isOn()).isTrue();
    }
}
