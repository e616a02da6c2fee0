package dev.sternpost.agent.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.agent.engine.simulated.SimulatedEngine;
import dev.sternpost.agent.engine.simulated.SimulatedHardware;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.VmShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocationsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final EngineListener DEAF = event -> {};
    private static final VmAllocation HALF = new VmAllocation(500, VmAllocation.NONE, VmAllocation.NONE);
    private static final VmAllocation QUARTER = new VmAllocation(250, VmAllocation.NONE, VmAllocation.NONE);

    @TempDir
    Path directory;

    private final AtomicLong nanoTime = new AtomicLong(77);
    private SimulatedEngine engine;
    private Allocations allocations;

    @BeforeEach
    void begin() throws IOException {
        engine =
                new SimulatedEngine(new SimulatedHardware(), Files.createDirectories(directory.resolve("run")), "boot");
        allocations = new Allocations(engine, nanoTime::get);
    }

    @AfterEach
    void end() {
        engine.running().forEach(RunningVm::powerOff);
        engine.close();
    }

    private RunningVm start(String vmId) {
        VmShape shape = new VmShape(vmId, vmId, new UUID(1, 2), 2, 64 << 20, Firmware.BIOS, List.of(), List.of(), "");
        return engine.start(new VmLaunch(shape, directory, vmId, 1, new LaunchMode.Cold()), DEAF);
    }

    private static long limitOf(RunningVm vm) {
        return vm.meters().orElseThrow().cpuEntitledPermille();
    }

    private void pass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
        allocations.enforce();
    }

    @Test
    void an_order_is_enforced_at_once_and_on_those_that_come_later_too() {
        RunningVm one = start("vm-1");
        allocations.order(Map.of("vm-1", HALF, "vm-2", QUARTER), MINUTE, 1);
        assertThat(limitOf(one)).isEqualTo(500);

        RunningVm two = start("vm-2");
        assertThat(limitOf(two)).isEqualTo(VmMeters.UNKNOWN);
        allocations.enforce();
        assertThat(limitOf(two)).isEqualTo(250);

        two.powerOff();
        RunningVm again = start("vm-2");
        allocations.enforce();
        assertThat(limitOf(again)).isEqualTo(250);
    }

    @Test
    void an_order_replaces_the_one_before_as_a_whole() {
        RunningVm one = start("vm-1");
        RunningVm two = start("vm-2");
        allocations.order(Map.of("vm-1", HALF, "vm-2", QUARTER), MINUTE, 1);

        allocations.order(Map.of("vm-2", HALF), MINUTE, 2);

        assertThat(limitOf(one)).isEqualTo(VmMeters.UNKNOWN);
        assertThat(limitOf(two)).isEqualTo(500);
    }

    @Test
    void an_order_that_is_not_renewed_ends_and_lifts_all_limits() {
        RunningVm one = start("vm-1");
        allocations.order(Map.of("vm-1", HALF), MINUTE, 1);
        pass(Duration.ofSeconds(59));
        assertThat(limitOf(one)).isEqualTo(500);
        allocations.order(Map.of("vm-1", HALF), MINUTE, 2);
        pass(Duration.ofSeconds(59));
        assertThat(limitOf(one)).isEqualTo(500);

        pass(Duration.ofSeconds(2));

        assertThat(limitOf(one)).isEqualTo(VmMeters.UNKNOWN);
    }

    @Test
    void an_older_order_is_passed_over_while_a_later_one_holds() {
        RunningVm one = start("vm-1");
        allocations.order(Map.of("vm-1", HALF), MINUTE, 5);

        allocations.order(Map.of("vm-1", QUARTER), MINUTE, 4);
        assertThat(limitOf(one)).isEqualTo(500);

        pass(Duration.ofSeconds(61));
        allocations.order(Map.of("vm-1", QUARTER), MINUTE, 1);
        assertThat(limitOf(one)).as("a server that counts anew").isEqualTo(250);
    }

    @Test
    void a_new_agent_leaves_what_an_earlier_one_enforced_for_some_minutes() {
        RunningVm one = start("vm-1");
        one.allocate(HALF);
        pass(Allocations.GRACE.minusMillis(1));
        assertThat(limitOf(one)).isEqualTo(500);

        pass(Duration.ofMillis(1));

        assertThat(limitOf(one)).isEqualTo(VmMeters.UNKNOWN);
    }

    @Test
    void nobody_is_limited_for_longer_than_an_hour_by_one_order() {
        RunningVm one = start("vm-1");
        allocations.order(Map.of("vm-1", HALF), Duration.ofDays(400), 1);

        pass(Allocations.VALID_MAX);

        assertThat(limitOf(one)).isEqualTo(VmMeters.UNKNOWN);
    }
}
