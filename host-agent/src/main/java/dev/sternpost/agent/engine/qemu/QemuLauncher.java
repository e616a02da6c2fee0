package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.network.HostNetworks;
import dev.sternpost.agent.network.NetworkPort;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts QEMU processes and cleans up after them. A process gets its own session, control group, network namespace and
 * unprivileged user, and outlives the agent.
 */
final class QemuLauncher {

    private static final Logger LOG = LoggerFactory.getLogger(QemuLauncher.class);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);
    private static final int OUTPUT_TAIL_BYTES = 2000;
    private static final Path KVM_DEVICE = Path.of("/dev/kvm");
    // A list of files into which the shell writes its pid, then the program it becomes.
    private static final String ENTER_GROUPS =
            "while [ \"$1\" != -- ]; do echo $$ >\"$1\" || :; shift; done; shift; exec \"$@\"";

    private final QemuConfig config;
    private final QemuProgram program;
    private final HostNetworks networks;
    private final ControlGroups groups;
    private final InterfaceCounters interfaces = new InterfaceCounters();

    QemuLauncher(QemuConfig config, QemuProgram program, HostNetworks networks, ControlGroups groups) {
        this.config = config;
        this.program = program;
        this.networks = networks;
        this.groups = groups;
    }

    /** Reads what a process uses. */
    QemuMeter meter(VmShape shape, Monitor monitor, ProcessIdentity process) {
        return new QemuMeter(
                shape.vmId(), monitor, process, networks.ports(shape), new QemuMeter.Host(interfaces, groups));
    }

    /** The user QEMU runs as. */
    FileOwner owner() {
        return config.owner();
    }

    /** The control groups its processes are in. */
    ControlGroups groups() {
        return groups;
    }

    RunFiles files(String vmId) {
        return RunFiles.of(config.runDirectory(), vmId);
    }

    /** Starts the process; it is recorded before and after, so that it is never lost. */
    Process launch(VmLaunch launch) {
        RunFiles files = files(launch.vmId());
        try {
            prepare(launch, files);
            List<NetworkPort> ports = networks.attach(launch.shape());
            RunRecord.of(launch, new ProcessIdentity(0, 0, Processes.bootId()), System.currentTimeMillis(), false)
                    .write(files);
            List<String> command = wrap(launch.vmId(), new CommandLine(program, launch, files, ports).build());
            LOG.debug("starting {}", command);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(new File("/"))
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(files.output().toFile()))
                    .redirectErrorStream(true);
            builder.environment().keySet().retainAll(List.of("PATH"));
            return builder.start();
        } catch (IOException e) {
            throw new FaultException(
                    Fault.of(
                                    FaultCode.HOST_ERROR,
                                    "The host could not prepare the start of the virtual machine; see the agent's log.")
                            .about(launch.vmId())
                            .withContext(e.toString()),
                    e);
        }
    }

    private void prepare(VmLaunch launch, RunFiles files) throws IOException {
        makeReachable(config.runDirectory());
        Files.createDirectory(files.directory());
        Files.setPosixFilePermissions(files.directory(), PosixFilePermissions.fromString("rwx------"));
        config.owner().own(files.directory());
        for (DiskShape disk : launch.shape().disks()) {
            own(launch.directory().resolve(disk.fileName()));
        }
        if (!Files.exists(launch.consoleLog(), LinkOption.NOFOLLOW_LINKS)) {
            Files.write(launch.consoleLog(), new byte[0], StandardOpenOption.CREATE_NEW);
        }
        own(launch.consoleLog());
        if (launch.shape().firmware() == Firmware.UEFI) {
            if (!Files.exists(launch.nvram(), LinkOption.NOFOLLOW_LINKS)) {
                Files.copy(QemuProgram.UEFI_VARIABLES, launch.nvram());
            }
            own(launch.nvram());
        }
        requireReachable(launch);
    }

    private static void makeReachable(Path runDirectory) throws IOException {
        if (!Files.isDirectory(runDirectory)) {
            Files.createDirectories(runDirectory);
            Files.setPosixFilePermissions(runDirectory, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }

    // A link here could make the agent give away somebody else's file.
    private void own(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FaultException(
                    FaultCode.FILE_NOT_FOUND,
                    file.getFileName()
                            + " in the virtual machine's directory is missing or not a plain file; restore it first.");
        }
        config.owner().own(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private void requireReachable(VmLaunch launch) throws IOException {
        if (!config.owner().changes()) {
            return;
        }
        for (Path path = launch.directory(); path != null; path = path.getParent()) {
            if (!Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                throw new FaultException(
                        FaultCode.HOST_ERROR,
                        launch.vmId(),
                        "Virtual machines run as user " + config.owner().uid() + ", which may not enter " + path
                                + "; run \"chmod o+x " + path + "\" on the host or move the datastore.");
            }
        }
    }

    private List<String> wrap(String vmId, List<String> qemu) {
        List<String> command = new ArrayList<>();
        List<Path> entrances = groups.create(vmId);
        if (!entrances.isEmpty()) {
            command.addAll(List.of("/bin/sh", "-c", ENTER_GROUPS, "sh"));
            entrances.forEach(entrance -> command.add(entrance.toString()));
            command.add("--");
        }
        command.add("setsid");
        if (!config.networkNamespace().isEmpty()) {
            command.addAll(List.of("nsenter", "--net=/run/netns/" + config.networkNamespace()));
        }
        if (config.owner().changes()) {
            String user = Integer.toString(config.owner().uid());
            command.addAll(List.of("setpriv", "--reuid=" + user, "--regid=" + user, deviceGroups()));
            command.addAll(List.of("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"));
        }
        command.addAll(qemu);
        return command;
    }

    // Only the group that may open /dev/kvm, and only when it is used.
    private String deviceGroups() {
        if (!program.accelerator().name().equals("kvm")) {
            return "--clear-groups";
        }
        try {
            return "--groups=" + Files.getAttribute(KVM_DEVICE, "unix:gid");
        } catch (IOException e) {
            return "--clear-groups";
        }
    }

    /** The end of what a process said on its way. */
    String outputTail(String vmId) {
        try {
            byte[] output = Files.readAllBytes(files(vmId).output());
            int from = Math.max(0, output.length - OUTPUT_TAIL_BYTES);
            return new String(output, from, output.length - from, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** The living process of a virtual machine, recorded or, after a crash in the midst of a start, found. */
    Optional<ProcessIdentity> findProcess(String vmId) {
        return RunRecord.findProcess(files(vmId));
    }

    /** Ends the process if it lives, and removes all that belongs to it. */
    void destroy(String vmId) {
        findProcess(vmId).ifPresent(process -> {
            Processes.kill(process);
            if (!Processes.awaitEnd(process, KILL_TIMEOUT)) {
                throw Fault.of(
                                FaultCode.HOST_ERROR,
                                "The process of the virtual machine does not end although it was killed; its storage may"
                                        + " hang. Look at the host.")
                        .about(vmId)
                        .withContext(process.toString())
                        .exception();
            }
        });
        removeTraces(vmId);
    }

    /** Removes what a process that has ended left: ports, control group, run directory (last, since it is the record). */
    void removeTraces(String vmId) {
        networks.detach(vmId);
        groups.remove(vmId);
        RunDirectories.delete(files(vmId));
    }
}
