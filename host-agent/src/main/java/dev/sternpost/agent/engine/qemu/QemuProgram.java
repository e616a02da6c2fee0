package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.agent.vmdirectory.VmHardware;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The installed QEMU.
 *
 * @param binary its program
 * @param version such as "7.2.22"
 * @param machineType newest versioned q35 machine it has
 * @param accelerator what it runs guests on
 * @param cpuModel CPU model the guests see
 * @param machineTypes versioned q35 machines it has, newest first
 * @param cpuIsOurs whether the CPU model is the administrator's word, which is not judged
 * @param cpus the CPUs that guests can be given here
 */
record QemuProgram(
        String binary,
        String version,
        String machineType,
        Accelerator accelerator,
        String cpuModel,
        List<String> machineTypes,
        boolean cpuIsOurs,
        GuestCpus cpus) {

    static final String BINARY = "qemu-system-x86_64";
    static final Path UEFI_CODE = Path.of("/usr/share/OVMF/OVMF_CODE_4M.fd");
    static final Path UEFI_VARIABLES = Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd");

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Pattern VERSION = Pattern.compile("version ([0-9]+(\\.[0-9]+)+)");
    private static final Pattern MACHINE = Pattern.compile("(?m)^q35 .*alias of (pc-q35-[0-9.]+)");
    private static final Pattern MACHINES = Pattern.compile("(?m)^(pc-q35-[0-9.]+) ");
    // The newest model that TCG has all features of, and old enough for any processor with hardware virtualization.
    private static final String CPU_MODEL_DEFAULT = "Nehalem";

    static QemuProgram find(QemuConfig config) {
        String versionText = HostCommand.require(TIMEOUT, List.of(BINARY, "--version"));
        String machineText = HostCommand.require(TIMEOUT, List.of(BINARY, "-machine", "help"));
        Accelerator accelerator = Accelerator.choose(config.accelerator());
        GuestCpus cpus = CpuModels.ask(BINARY, accelerator.name()).limitedTo(config.cpuLimit());
        return new QemuProgram(
                BINARY,
                first(VERSION, versionText, "version"),
                first(MACHINE, machineText, "q35 machine"),
                accelerator,
                config.cpuModel().isEmpty() ? cpus.orBest(CPU_MODEL_DEFAULT, config.cpuLimit()) : config.cpuModel(),
                MACHINES.matcher(machineText)
                        .results()
                        .map(each -> each.group(1))
                        .toList(),
                !config.cpuModel().isEmpty(),
                cpus);
    }

    /** @throws FaultException HOST_INCOMPATIBLE when a guest that is to have this CPU cannot be given it here */
    void requireCpu(String vmId, VmHardware hardware) {
        if (!hardware.isFixed() || cpuIsOurs && hardware.cpuModel().equals(cpuModel)) {
            return;
        }
        List<String> missing = cpus.missing(hardware.cpuModel());
        if (!missing.isEmpty()) {
            throw new FaultException(
                    FaultCode.HOST_INCOMPATIBLE,
                    vmId,
                    "This host cannot give %s its CPU %s: it lacks %s. Choose another host, or power the virtual machine off and lower its CPU baseline."
                            .formatted(vmId, hardware.cpuModel(), String.join(", ", missing)));
        }
    }

    private static String first(Pattern pattern, String text, String what) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new FaultException(
                    FaultCode.HOST_ERROR,
                    "The QEMU on this host does not tell its " + what + "; install QEMU 7.2 or newer.");
        }
        return matcher.group(1);
    }
}
