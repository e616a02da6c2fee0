package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.engine.qemu.QemuConfig.AcceleratorWish;
import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.VmHardware;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.vmotion.baseline.CpuBaselines;
import dev.sternpost.vmotion.baseline.CpuLevel;
import dev.sternpost.vmotion.baseline.CpuModelTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is known of CPU models, against the QEMU of this machine. */
class GuestCpusTest {
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** Whether QEMU gives a guest this CPU with every feature of it. */
    private static boolean given(String description) {
        try {
            HostCommand.require(
                    BOUND,
                    "{\"execute\": \"qmp_capabilities\"}\n{\"execute\": \"quit\"}\n",
                    List.of(
                            QemuProgram.BINARY,
                            "-machine",
                            "q35",
                            "-accel",
                            "tcg",
                            "-cpu",
                            description + ",enforce=on",
                            "-nodefaults",
                            "-no-user-config",
                            "-display",
                            "none",
                            "-S",
                            "-qmp",
                            "stdio"));
            return true;
        } catch (FaultException e) {
            return false;
        }
    }

    @Test
    void qemu_gives_exactly_the_levels_of_which_nothing_is_said_to_be_missing() {
        GuestCpus cpus = CpuModels.ask(QemuProgram.BINARY, "tcg");
        Map<String, Boolean> said = new TreeMap<>();
        Map<String, Boolean> given = new TreeMap<>();
        for (CpuLevel level : CpuBaselines.levels()) {
            said.put(level.name(), cpus.missing(level.description()).isEmpty());
            given.put(level.name(), given(level.description()));
        }
        assertThat(given).isEqualTo(said).containsValues(true, false);
    }

    @Test
    void the_table_of_models_says_what_qemu_says_is_missing() {
        GuestCpus cpus = CpuModels.ask(QemuProgram.BINARY, "tcg");
        assertThat(cpus.features()).contains("sse4.2", "popcnt", "avx2");
        for (String model : CpuModelTable.models()) {
            assertThat(cpus.missing(model))
                    .as(model)
                    .isEqualTo(cpus.missingFeatures().get(model));
        }
    }

    private static QemuProgram limitedTo(String model) {
        return QemuProgram.find(
                new QemuConfig(Path.of("/run/sternpost-test"), "", FileOwner.self(), AcceleratorWish.TCG, "", model));
    }

    @Test
    void a_host_limited_to_a_model_tells_no_more_and_starts_no_more() {
        QemuProgram program = limitedTo("Penryn");
        assertThat(program.cpuModel()).isEqualTo("Penryn");
        assertThat(program.cpus().features()).doesNotContain("popcnt", "sse4.2", "avx");
        assertThat(program.cpus().missingFeatures().get("Nehalem")).contains("popcnt", "sse4.2");
        program.requireCpu("vm-1", new VmHardware("pc-q35-7.2", "Penryn"));
        program.requireCpu("vm-1", VmHardware.NONE);
        assertThatThrownBy(() -> program.requireCpu("vm-1", new VmHardware("pc-q35-7.2", "Nehalem")))
                .isInstanceOfSatisfying(FaultException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.HOST_INCOMPATIBLE);
                    assertThat(fault.getMessage()).contains("popcnt, sse4.2");
                });
    }

    @Test
    void a_limit_above_the_usual_model_leaves_the_usual_model() {
        assertThat(limitedTo("Westmere").cpuModel()).isEqualTo("Nehalem");
        assertThatThrownBy(() -> limitedTo("Pentium")).isInstanceOf(IllegalArgumentException.class);
    }
}
