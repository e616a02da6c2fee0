package dev.sternpost.cli.vm;

import dev.sternpost.cli.pool.AllocationOptions;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.proto.network.v1.GetNetworkRequest;
import dev.sternpost.proto.virtualmachine.v1.Firmware;
import dev.sternpost.proto.virtualmachine.v1.VirtualDisk;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineConfig;
import dev.sternpost.proto.virtualmachine.v1.VirtualNic;
import dev.sternpost.sdk.SternpostSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options that give a VM its shape. */
final class ShapeOptions {
    /** What --firmware takes. */
    enum FirmwareWord {
        bios,
        uefi
    }

    int cpus;

    long memoryBytes;

    List<VirtualDisk> disks = new ArrayList<>();

    List<String> networks = new ArrayList<>();

    @Nullable
    FirmwareWord firmware;

    String annotation = "";

    @Nullable
    Long maxDowntimeMillis;

    @Nullable
    String cpuBaseline;

    private final AllocationOptions allocation = new AllocationOptions();

    void declare(Syntax syntax) {
        syntax.option("--cpu", "COUNT", "Number of virtual CPUs.", text -> cpus = Values.whole(text))
                .option("--memory", "SIZE", "Memory, like 128M or 2G.", text -> memoryBytes = Sizes.parse(text))
                .option(
                        "--disk",
                        "[LABEL=]SIZE[:KIND]",
                        "A disk, like 1G or 1G:thin; the kind is thin, lazy or eager. May be given several times.",
                        text -> disks.add(Disks.parse(text)))
                .option(
                        "--nic",
                        "NETWORK",
                        "A network card on this network. May be given several times.",
                        networks::add)
                .option(
                        "--firmware",
                        "KIND",
                        "bios or uefi.",
                        text -> firmware = Values.choice(FirmwareWord.class, text))
                .option("--annotation", "TEXT", "Free text.", text -> annotation = text)
                .option(
                        "--max-downtime",
                        "TIME",
                        "Longest pause of its guest that a live migration may aim at, like 100ms; default for 300ms.",
                        text -> maxDowntimeMillis =
                                text.equals("default") ? 0 : Times.parse(text).toMillis());
        syntax.option(
                "--cpu-baseline",
                "LEVEL",
                "Level of CPU features its guest is held to from its next power-on; none for that of its cluster.",
                text -> cpuBaseline = text.equals("none") ? "" : text);
        allocation.declare(syntax);
    }

    /** The shape asked for; disks and cards without a label get the next free one. */
    VirtualMachineConfig config(SternpostSession session, VirtualMachineConfig existing) {
        VirtualMachineConfig.Builder config = VirtualMachineConfig.newBuilder()
                .setCpuCount(cpus)
                .setMemoryBytes(memoryBytes)
                .setAnnotation(annotation)
                .setCpuAllocation(allocation.cpu())
                .setMemoryAllocation(allocation.memory());
        if (firmware != null) {
            config.setFirmware(
                    switch (firmware) {
                        case bios -> Firmware.FIRMWARE_BIOS;
                        case uefi -> Firmware.FIRMWARE_UEFI;
                    });
        }
        if (maxDowntimeMillis != null) {
            config.setMaxDowntimeMs(maxDowntimeMillis);
        }
        if (cpuBaseline != null) {
            config.setCpuBaseline(cpuBaseline);
        }
        Set<String> labels = new HashSet<>();
        existing.getDisksList().forEach(disk -> labels.add(disk.getLabel()));
        existing.getNicsList().forEach(nic -> labels.add(nic.getLabel()));
        for (VirtualDisk disk : disks) {
            String label = disk.getLabel().isEmpty() ? freeLabel("disk", labels) : disk.getLabel();
            labels.add(label);
            config.addDisks(disk.toBuilder().setLabel(label));
        }
        for (String network : networks) {
            String label = freeLabel("nic", labels);
            labels.add(label);
            GetNetworkRequest request =
                    GetNetworkRequest.newBuilder().setNetwork(network).build();
            String id = session.call(() -> session.networks().getNetwork(request))
                    .getNetwork()
                    .getId();
            config.addNics(VirtualNic.newBuilder().setLabel(label).setNetworkId(id));
        }
        return config.build();
    }

    private static String freeLabel(String prefix, Set<String> taken) {
        int number = 0;
        while (taken.contains(prefix + number)) {
            number++;
        }
        return prefix + number;
    }
}
