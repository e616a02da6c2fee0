package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.engine.MigrationPhase;
import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.engine.qmp.QmpClient;
import dev.sternpost.agent.engine.qmp.QmpEvent;
import dev.sternpost.agent.engine.qmp.QmpListener;
import dev.sternpost.agent.engine.qmp.ScriptedSocket;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The source against a monitor by hand; with real QEMU it is met in the contract suite. */
@Timeout(30)
class QemuMigrationSourceTest {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final Monitor monitor = new Monitor("vm-1");
    private final GuestThrottle throttle = new GuestThrottle(new ProcessIdentity(0, 0, ""), List.of());
    private final QemuMigrationSource source = new QemuMigrationSource("vm-1", monitor, FileOwner.self(), throttle);
    private ScriptedSocket qemu;
    private volatile boolean settling;
    private volatile String state = "{\"status\": \"active\"}";

    private final class Ear implements QmpListener {
        @Override
        public void event(QmpEvent event) {
            source.event(event);
        }

        @Override
        public void closed() {
            source.ended();
        }
    }

    @BeforeEach
    void startMigration() throws IOException {
        qemu = new ScriptedSocket("{\"QMP\": {}}\n", this::answer);
        monitor.use(QmpClient.connect(qemu.path(), "vm-1", BOUND, new Ear()));
        source.start(Path.of("/run/out.sock"), 0, 300);
    }

    @AfterEach
    void close() {
        monitor.close();
        qemu.close();
    }

    private String answer(String line) {
        settling |= line.contains("\"max-bandwidth\":10,");
        String id = line.replaceAll(".*\"id\":([0-9]+).*", "$1");
        return "{\"id\": " + id + ", \"return\": " + (line.contains("query-migrate") ? state : "{}") + "}\n";
    }

    private static QmpEvent migration(String status) {
        return new QmpEvent("MIGRATION", Json.object("status", status), System.nanoTime(), 0);
    }

    @Test
    void a_failure_is_told_with_its_reason_from_the_first_moment() {
        state = "{\"status\": \"failed\", \"error-desc\": \"the stream broke\"}";
        source.event(migration("failed"));

        assertThat(source.progress()).satisfies(progress -> {
            assertThat(progress.phase()).isEqualTo(MigrationPhase.FAILED);
            assertThat(progress.error()).isEqualTo("the stream broke");
        });
        assertThatThrownBy(() -> source.awaitCompleted(BOUND))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.fault().context()).isEqualTo("the stream broke"));
    }

    @Test
    void a_failure_whose_reason_nobody_can_tell_is_told_all_the_same() {
        source.event(migration("failed"));
        qemu.answer(line -> "");
        qemu.hangUp();

        assertThat(source.progress().phase()).isEqualTo(MigrationPhase.FAILED);
        assertThatThrownBy(() -> source.awaitPreSwitchover(BOUND)).isInstanceOf(FaultException.class);
    }

    @Test
    void an_answer_that_an_event_overtook_does_not_turn_time_back() {
        source.event(migration("pre-switchover"));
        assertThat(source.progress().phase())
                .as("though the monitor still says that it copies")
                .isEqualTo(MigrationPhase.PRE_SWITCHOVER);
        source.event(migration("device"));
        source.event(migration("active"));
        assertThat(source.progress().phase()).isEqualTo(MigrationPhase.DEVICE);
    }

    @Test
    void the_stream_that_brought_a_machine_here_is_not_one_that_takes_it_away() {
        QemuMigrationSource fresh = new QemuMigrationSource("vm-1", monitor, FileOwner.self(), throttle);
        state = "{\"status\": \"completed\"}";

        fresh.event(migration("completed"));

        assertThat(fresh.progress().phase()).isEqualTo(MigrationPhase.NONE);
        assertThat(fresh.cancel()).isEqualTo(MigrationPhase.NONE);
    }

    private static String active(int syncCount, long remainingBytes, double mbps, long elapsedMillis) {
        return """
                {"status": "active", "total-time": %d, "ram": {"dirty-sync-count": %d, "remaining": %d, "mbps": %s,
                 "transferred": 1000000, "normal": 200, "duplicate": 5}}""".formatted(elapsedMillis, syncCount, remainingBytes, mbps).replace("\n", "");
    }

    @Test
    void a_bitmap_that_is_read_while_sending_is_slowed_down_counts_as_read() {
        state = active(1, 0, 800, 100);
        Await.until("sending is slowed down", BOUND, () -> settling);
        // QEMU goes by the limit of before for a while, and reads the bitmap now instead of when it is asked to.
        state = active(2, 40_960, 0.001, 200);
        Await.until(
                "the migration is held ready", BOUND, () -> source.progress().converged());
    }

    @Test
    void a_process_that_ends_ends_its_migration() {
        source.ended();

        assertThat(source.progress().phase()).isEqualTo(MigrationPhase.FAILED);
        assertThat(source.progress().error()).contains("ended");
    }

    @Test
    void only_one_migration_at_a_time_and_none_with_senseless_limits() {
        assertThatThrownBy(() -> source.start(Path.of("/run/out.sock"), 0, 300))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> source.start(Path.of("/run/out.sock"), -1, 300))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> source.start(Path.of("/run/out.sock"), 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> source.requestSwitchover(60_001)).isInstanceOf(IllegalArgumentException.class);
    }
}
