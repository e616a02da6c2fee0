package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.network.NetworkPort;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.NicShape;
import dev.sternpost.agent.vmdirectory.Provisioning;
import dev.sternpost.agent.vmdirectory.VmHardware;
import dev.sternpost.agent.vmdirectory.VmShape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * QEMU's command line for a virtual machine. The same shape gives the same devices at the same addresses on every host,
 * else a live migration would not find them. Every device therefore has its own fixed slot.
 */
final class CommandLine {

    private static final long DIRTY_FAST_PATH_BYTES = 256 << 10;
    private static final long MEMORY_GRANULARITY_BYTES = 8 << 10;
    private static final int SLOT_VGA = 0x01;
    private static final int SLOT_SERIAL = 0x02;
    private static final int SLOT_BALLOON = 0x03;
    private static final int SLOT_RNG = 0x04;
    private static final int SLOT_PANIC = 0x05;
    private static final int SLOT_NICS = 0x06;
    private static final int SLOT_DISKS = 0x10;
    private static final int SLOT_ROOT_PORTS = 0x1e;
    private static final int FUNCTIONS_PER_SLOT = 8;
    private static final int TRANSLATION_CACHE_MIB = 64;
    private static final int HOST_NAME_CHARS_MAX = 63;

    private final QemuProgram program;
    private final VmLaunch launch;
    private final VmShape shape;
    private final RunFiles files;
    private final List<NetworkPort> ports;
    private final List<String> arguments = new ArrayList<>();

    CommandLine(QemuProgram program, VmLaunch launch, RunFiles files, List<NetworkPort> ports) {
        this.program = program;
        this.launch = launch;
        this.shape = launch.shape();
        this.files = files;
        this.ports = List.copyOf(ports);
    }

    List<String> build() {
        arguments.add(program.binary());
        machine();
        monitors();
        firmware();
        system();
        for (int i = 0; i < shape.disks().size(); i++) {
            disk(i, shape.disks().get(i));
        }
        for (int i = 0; i < shape.nics().size(); i++) {
            nic(i, shape.nics().get(i), ports.get(i));
        }
        rootPorts();
        if (!(launch.mode() instanceof LaunchMode.Cold)) {
            add("-incoming", "defer");
        }
        // Always paused at first: nothing runs before the agent has all its connections.
        add("-S");
        return arguments;
    }

    private void machine() {
        VmHardware fixed = shape.hardware();
        VmHardware hardware = fixed.isFixed() ? fixed : new VmHardware(program.machineType(), program.cpuModel());
        boolean uefi = shape.firmware() == Firmware.UEFI;
        add("-name", "guest=" + shape.vmId() + ",debug-threads=on");
        add("-nodefaults", "-no-user-config", "-display", "none");
        add(
                "-machine",
                hardware.machineType() + ",smm=off,dump-guest-core=off"
                        + (uefi ? ",pflash0=pflash0,pflash1=pflash1" : ""));
        add("-accel", program.accelerator().name().equals("tcg") ? "tcg,tb-size=" + TRANSLATION_CACHE_MIB : "kvm");
        add("-cpu", hardware.cpuModel());
        add("-smp", "cpus=" + shape.cpuCount() + ",sockets=1,cores=" + shape.cpuCount() + ",threads=1");
        add("-m", memorySize());
        add("-uuid", shape.uuid().toString());
        add("-rtc", "base=utc");
        add("-boot", "menu=off,strict=on");
        // The process stays after a guest's shutdown, so that an agent that was away learns how it ended.
        add("-action", "panic=pause,shutdown=pause,reboot=reset");
        add("-global", "ICH9-LPC.disable_s3=1", "-global", "ICH9-LPC.disable_s4=1");
        blockdev(SwitchoverGate.disk());
        add("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        add("-pidfile", files.pidFile().toString());
    }

    /**
     * QEMU before 9.0 forgets to tell the emulator's TLB when it reads the dirty bitmap of a memory block whose size is a
     * multiple of {@value #DIRTY_FAST_PATH_BYTES} bytes, and then misses writes of the guest: a live migration arrives with
     * stale pages (measured: 11 of 24 guests broke with one bitmap read while they ran, none of 41 with this). With 8 KiB
     * more it reads page by page, which is right. KVM is not concerned, but both ends must have the same size.
     */
    private String memorySize() {
        boolean emulated = program.accelerator().name().equals("tcg");
        long extraBytes = emulated && shape.memoryBytes() % DIRTY_FAST_PATH_BYTES == 0 ? MEMORY_GRANULARITY_BYTES : 0;
        return ((shape.memoryBytes() + extraBytes) >> 10) + "k";
    }

    private void monitors() {
        add("-qmp", "unix:" + escape(files.monitor()) + ",server=on,wait=off");
        add("-qmp", "unix:" + escape(files.rescueMonitor()) + ",server=on,wait=off");
    }

    private void firmware() {
        if (shape.firmware() != Firmware.UEFI) {
            return;
        }
        blockdev(Json.object(
                "driver",
                "raw",
                "node-name",
                "pflash0",
                "read-only",
                true,
                "file",
                Json.object("driver", "file", "filename", QemuProgram.UEFI_CODE.toString())));
        blockdev(Json.object(
                "driver",
                "raw",
                "node-name",
                "pflash1",
                "file",
                Json.object("driver", "file", "filename", launch.nvram().toString())));
    }

    private void system() {
        device("VGA,id=vga0,vgamem_mb=16", SLOT_VGA, 0);
        add("-vnc", "unix:" + escape(files.vnc()));
        add(
                "-chardev",
                "socket,id=con,path=" + escape(files.console()) + ",server=on,wait=off,logfile="
                        + escape(launch.consoleLog()) + ",logappend=on");
        add("-device", "isa-serial,chardev=con,id=serial0");
        device("virtio-serial-pci,id=vser0", SLOT_SERIAL, 0);
        serialPort("ga", files.guestAgent(), "org.qemu.guest_agent.0", 1);
        serialPort("probe", files.probe(), "dev.sternpost.probe.0", 2);
        device("virtio-balloon-pci,id=balloon0,deflate-on-oom=on", SLOT_BALLOON, 0);
        add("-object", "rng-builtin,id=rng0");
        device("virtio-rng-pci,id=rng,rng=rng0", SLOT_RNG, 0);
        device("pvpanic-pci,id=panic0", SLOT_PANIC, 0);
        add("-fw_cfg", "name=opt/dev.sternpost/hostname,string=" + hostName(shape.name(), shape.vmId()));
    }

    private void serialPort(String id, Path socket, String name, int number) {
        add("-chardev", "socket,id=" + id + ",path=" + escape(socket) + ",server=on,wait=off");
        add(
                "-device",
                "virtserialport,bus=vser0.0,nr=" + number + ",chardev=" + id + ",name=" + name + ",id=" + id + "0");
    }

    private void disk(int index, DiskShape disk) {
        String node = "disk-" + disk.label();
        // A thick disk keeps its blocks also where there are zeros.
        String discard = disk.provisioning() == Provisioning.THIN ? "unmap" : "ignore";
        blockdev(Json.object(
                "driver",
                "qcow2",
                "node-name",
                node,
                "discard",
                discard,
                "file",
                Json.object(
                        "driver",
                        "file",
                        "filename",
                        launch.directory().resolve(disk.fileName()).toString(),
                        "discard",
                        discard)));
        device(
                "virtio-blk-pci,id=" + disk.label() + ",drive=" + node + ",bootindex=" + (index + 1)
                        + ",werror=stop,rerror=stop,multifunction=on",
                SLOT_DISKS + index / FUNCTIONS_PER_SLOT,
                index % FUNCTIONS_PER_SLOT);
    }

    private void nic(int index, NicShape nic, NetworkPort port) {
        String id = "net-" + nic.label();
        add(
                "-netdev",
                switch (port) {
                    // Without checksums finished by the sender, packets are lost where the kernel forwards to user
                    // space.
                    case NetworkPort.Tap tap ->
                        "tap,id=" + id + ",ifname=" + tap.interfaceName() + ",script=no,downscript=no,vnet_hdr=off";
                    case NetworkPort.User _ -> "user,id=" + id;
                });
        device(
                "virtio-net-pci,id=" + nic.label() + ",netdev=" + id + ",mac=" + nic.macAddress() + ",romfile=",
                SLOT_NICS + index,
                0);
    }

    // Free ports, into which devices can be plugged while the guest runs.
    private void rootPorts() {
        for (int i = 0; i < FUNCTIONS_PER_SLOT; i++) {
            device("pcie-root-port,id=port" + i + ",chassis=" + (i + 1) + ",multifunction=on", SLOT_ROOT_PORTS, i);
        }
    }

    private void device(String description, int slot, int function) {
        add("-device", description + ",bus=pcie.0,addr=0x" + Integer.toHexString(slot) + "." + function);
    }

    private void blockdev(JsonNode node) {
        add("-blockdev", new String(Json.bytes(node), StandardCharsets.UTF_8));
    }

    private void add(String... words) {
        arguments.addAll(List.of(words));
    }

    // In QEMU's option lists a comma ends a value unless it is doubled.
    private static String escape(Path path) {
        return path.toString().replace(",", ",,");
    }

    /** A host name (RFC 1123 label) made of a display name. */
    static String hostName(String displayName, String vmId) {
        String label = displayName
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9-]+", "-")
                .replaceAll("^-+|-+$", "");
        if (label.length() > HOST_NAME_CHARS_MAX) {
            label = label.substring(0, HOST_NAME_CHARS_MAX).replaceAll("-+$", "");
        }
        return label.isEmpty() ? vmId : label;
    }
}
