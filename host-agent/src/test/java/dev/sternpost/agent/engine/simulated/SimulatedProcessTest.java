package dev.sternpost.agent.engine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.engine.EventLog;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SimulatedProcessTest {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final EventLog events = new EventLog();
    private final CountDownLatch cleaning = new CountDownLatch(1);
    private final CountDownLatch clean = new CountDownLatch(1);
    private final SimulatedProcess process = new SimulatedProcess(
            new SimulatedHardware(),
            new VmLaunch(
                    new VmShape("vm-1", "g", new UUID(1, 2), 1, 32L << 20, Firmware.BIOS, List.of(), List.of(), ""),
                    Path.of("/nowhere"),
                    "g",
                    1,
                    new LaunchMode.Cold()),
            "boot-1");

    @Test
    void a_process_is_seen_ended_only_when_it_has_been_cleaned_up_after() throws InterruptedException {
        process.listen(events, _ -> cleanSlowly());
        process.setRunning(true);

        Thread killer = Thread.ofVirtual().start(() -> process.die("killed"));
        assertThat(cleaning.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(process.state()).isNotEqualTo(RunState.ENDED);
        assertThat(events.find(EngineEvent.EngineDied.class)).isEmpty();
        clean.countDown();
        killer.join(BOUND);
        assertThat(process.state()).isEqualTo(RunState.ENDED);
        events.await(EngineEvent.EngineDied.class);
    }

    @Test
    void who_cuts_the_power_of_a_process_that_is_ending_returns_when_it_has_been_cleaned_up_after()
            throws InterruptedException {
        process.listen(events, _ -> cleanSlowly());
        Thread killer = Thread.ofVirtual().start(() -> process.die("killed"));
        assertThat(cleaning.await(10, TimeUnit.SECONDS)).isTrue();

        Thread second = Thread.ofPlatform().daemon().start(process::powerOff);
        Await.until("it waits", BOUND, () -> second.getState() == Thread.State.TIMED_WAITING);
        clean.countDown();
        second.join(BOUND);

        assertThat(process.state()).isEqualTo(RunState.ENDED);
        killer.join(BOUND);
    }

    @Test
    void a_process_that_is_ending_cannot_be_let_run_again() throws InterruptedException {
        process.listen(events, _ -> cleanSlowly());
        Thread killer = Thread.ofVirtual().start(() -> process.die("killed"));
        assertThat(cleaning.await(10, TimeUnit.SECONDS)).isTrue();
        long before = process.instructions();

        process.setRunning(true);
        process.become(RunState.LOADED);

        assertThat(process.state()).isEqualTo(RunState.PAUSED);
        assertThat(process.answering()).isFalse();
        clean.countDown();
        killer.join(BOUND);
        assertThat(process.instructions()).isEqualTo(before);
        assertThat(events.find(EngineEvent.Resumed.class)).isEmpty();
    }

    private void cleanSlowly() {
        cleaning.countDown();
        try {
            assertThat(clean.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
