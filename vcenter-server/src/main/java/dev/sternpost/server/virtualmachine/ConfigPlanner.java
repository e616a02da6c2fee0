package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.Network;
import dev.sternpost.inventory.NetworkId;
import dev.sternpost.inventory.ResourceAllocation;
import dev.sternpost.inventory.VirtualDisk;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualNic;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.work.DowntimeBudget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the whole shape of a VM out of a wish and what it starts from; refuses what no host could run. */
final class ConfigPlanner {
    static final int CPU_COUNT_MAX = 64;
    static final long MEMORY_BYTES_MIN = 32L << 20;
    static final long MEMORY_BYTES_MAX = 4L << 40;
    static final long MEMORY_BYTES_DEFAULT = 256L << 20;
    static final long DISK_BYTES_MIN = 1L << 20;
    static final long DISK_BYTES_MAX = 62L << 40;
    static final int DISKS_MAX = 16;
    static final int NICS_MAX = 8;
    static final int ANNOTATION_LENGTH_MAX = 4096;

    private static final long MEBIBYTE = 1L << 20;
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9]{0,15}");
    private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");
    private static final VmConfig BARE = new VmConfig(1, MEMORY_BYTES_DEFAULT, Firmware.BIOS, List.of(), List.of(), "");

    private final InventorySnapshot snapshot;
    private final Supplier<String> macAddresses;

    /** @param macAddresses makes new ones; may give some that are taken */
    ConfigPlanner(InventorySnapshot snapshot, Supplier<String> macAddresses) {
        this.snapshot = snapshot;
        this.macAddresses = macAddresses;
    }

    /** The shape of a new VM. Its disks have no files yet, and its network cards have addresses of their own. */
    VmConfig create(@Nullable VirtualMachine template, ConfigWish wish) {
        VmConfig start = template == null ? BARE : template.config();
        List<VirtualDisk> disks = start.disks().stream()
                .map(disk -> new VirtualDisk(disk.label(), disk.capacityBytes(), disk.provisioning(), "", 0))
                .toList();
        Set<String> given = new HashSet<>();
        List<VirtualNic> nics = start.nics().stream()
                .map(nic -> new VirtualNic(nic.label(), nic.networkId(), freeMac(given)))
                .toList();
        VmConfig config = merge(start.withDisks(disks).withNics(nics), wish, Set.of(), given);
        requireMacsFree(config, null);
        return config;
    }

    /** The shape of a VM after a change. */
    VmConfig change(VirtualMachine vm, ConfigWish wish, Collection<String> removeLabels) {
        VmConfig config = merge(vm.config(), wish, Set.copyOf(removeLabels), new HashSet<>());
        requireMacsFree(config, vm);
        return config;
    }

    /** Refuses a size that no VM can have. */
    static void requireSize(int cpuCount, long memoryBytes) {
        require(
                cpuCount >= 1 && cpuCount <= CPU_COUNT_MAX,
                "cpu_count is %d; choose 1 to %d.",
                cpuCount,
                CPU_COUNT_MAX);
        require(
                memoryBytes >= MEMORY_BYTES_MIN && memoryBytes <= MEMORY_BYTES_MAX && memoryBytes % MEBIBYTE == 0,
                "memory_bytes is %d; choose a multiple of 1 MiB from %d MiB to %d MiB.",
                memoryBytes,
                MEMORY_BYTES_MIN >> 20,
                MEMORY_BYTES_MAX >> 20);
    }

    private VmConfig merge(VmConfig start, ConfigWish wish, Set<String> removed, Set<String> givenMacs) {
        requireKnown(start, removed);
        int cpus = wish.cpuCount() == 0 ? start.cpuCount() : wish.cpuCount();
        long memory = wish.memoryBytes() == 0 ? start.memoryBytes() : wish.memoryBytes();
        requireSize(cpus, memory);
        Firmware firmware = wish.firmware() == null ? start.firmware() : wish.firmware();
        String annotation = wish.annotation().isEmpty() ? start.annotation() : wish.annotation();
        require(
                annotation.length() <= ANNOTATION_LENGTH_MAX,
                "The annotation has %d characters; at most %d fit.",
                annotation.length(),
                ANNOTATION_LENGTH_MAX);
        ResourceAllocation memoryAllocation = wish.memoryAllocation().on(start.memoryAllocation(), "memory");
        require(
                memoryAllocation.reservation() <= memory,
                "%d bytes of memory are to be reserved, but the VM has only %d. Reserve less, or give it more.",
                memoryAllocation.reservation(),
                memory);
        return new VmConfig(
                cpus,
                memory,
                firmware,
                disks(start.disks(), wish.disks(), removed),
                nics(start.nics(), wish.nics(), removed, givenMacs),
                annotation,
                wish.cpuAllocation().on(start.cpuAllocation(), "CPU"),
                memoryAllocation,
                maxDowntimeMillis(start, wish),
                wish.cpuBaseline() == null ? start.cpuBaseline() : wish.cpuBaseline());
    }

    private static int maxDowntimeMillis(VmConfig start, ConfigWish wish) {
        if (wish.maxDowntimeMillis() == null) {
            return start.maxDowntimeMillis();
        }
        DowntimeBudget.check(FaultCode.CONFIG_INVALID, "max_downtime_ms", wish.maxDowntimeMillis());
        return wish.maxDowntimeMillis().intValue();
    }

    private static void requireKnown(VmConfig start, Set<String> removed) {
        Set<String> labels = new HashSet<>();
        start.disks().forEach(disk -> labels.add(disk.label()));
        start.nics().forEach(nic -> labels.add(nic.label()));
        for (String label : removed) {
            require(labels.contains(label), "There is no disk or network card \"%s\" to remove.", label);
        }
    }

    private static List<VirtualDisk> disks(List<VirtualDisk> start, List<ConfigWish.Disk> wishes, Set<String> removed) {
        List<VirtualDisk> disks = new ArrayList<>(
                start.stream().filter(disk -> !removed.contains(disk.label())).toList());
        for (ConfigWish.Disk wish : wishes) {
            int at = wish.label().isEmpty() ? -1 : indexOf(disks, VirtualDisk::label, wish.label());
            if (at >= 0) {
                disks.set(at, grown(disks.get(at), wish));
            } else {
                DiskProvisioning provisioning =
                        wish.provisioning() == null ? DiskProvisioning.THIN : wish.provisioning();
                String label = label(wish.label(), "disk", disks, VirtualDisk::label);
                disks.add(new VirtualDisk(label, diskBytes(label, wish.capacityBytes()), provisioning, "", 0));
            }
        }
        require(disks.size() <= DISKS_MAX, "%d disks are wanted; at most %d fit.", disks.size(), DISKS_MAX);
        return disks;
    }

    private static VirtualDisk grown(VirtualDisk disk, ConfigWish.Disk wish) {
        require(
                wish.provisioning() == null || wish.provisioning() == disk.provisioning(),
                "Disk %s is %s and stays so; make a new disk instead.",
                disk.label(),
                disk.provisioning().name().toLowerCase(Locale.ROOT));
        if (wish.capacityBytes() == 0) {
            return disk;
        }
        require(
                wish.capacityBytes() >= disk.capacityBytes(),
                "Disk %s has %d bytes and cannot shrink to %d; make a new disk instead.",
                disk.label(),
                disk.capacityBytes(),
                wish.capacityBytes());
        return new VirtualDisk(
                disk.label(),
                diskBytes(disk.label(), wish.capacityBytes()),
                disk.provisioning(),
                disk.fileName(),
                disk.allocatedBytes());
    }

    private static long diskBytes(String label, long bytes) {
        require(
                bytes >= DISK_BYTES_MIN && bytes <= DISK_BYTES_MAX && bytes % 512 == 0,
                "Disk %s is to have %d bytes; choose %d MiB to %d TiB, a multiple of 512 bytes.",
                label,
                bytes,
                DISK_BYTES_MIN >> 20,
                DISK_BYTES_MAX >> 40);
        return bytes;
    }

    private List<VirtualNic> nics(
            List<VirtualNic> start, List<ConfigWish.Nic> wishes, Set<String> removed, Set<String> givenMacs) {
        List<VirtualNic> nics = new ArrayList<>(
                start.stream().filter(nic -> !removed.contains(nic.label())).toList());
        for (ConfigWish.Nic wish : wishes) {
            int at = wish.label().isEmpty() ? -1 : indexOf(nics, VirtualNic::label, wish.label());
            if (at >= 0) {
                VirtualNic nic = nics.get(at);
                NetworkId network = wish.network().isEmpty() ? nic.networkId() : network(wish.network());
                String mac = wish.macAddress().isEmpty() ? nic.macAddress() : mac(wish.macAddress());
                nics.set(at, new VirtualNic(nic.label(), network, mac));
            } else {
                String label = label(wish.label(), "nic", nics, VirtualNic::label);
                require(!wish.network().isEmpty(), "Network card %s names no network.", label);
                String mac = wish.macAddress().isEmpty() ? freeMac(givenMacs) : mac(wish.macAddress());
                nics.add(new VirtualNic(label, network(wish.network()), mac));
            }
        }
        require(nics.size() <= NICS_MAX, "%d network cards are wanted; at most %d fit.", nics.size(), NICS_MAX);
        return nics;
    }

    private NetworkId network(String reference) {
        return snapshot.resolve(reference, Network.class).id();
    }

    private static String mac(String text) {
        String mac = text.toLowerCase(Locale.ROOT);
        require(MAC.matcher(mac).matches(), "\"%s\" is no MAC address; write it like 52:54:00:12:34:56.", text);
        boolean multicast = (Integer.parseInt(mac.substring(0, 2), 16) & 1) != 0;
        require(!multicast, "%s is a multicast address; choose one with an even first byte.", mac);
        return mac;
    }

    private static <T> String label(String wanted, String prefix, List<T> taken, Function<T, String> labelOf) {
        if (wanted.isEmpty()) {
            for (int i = 0; i <= taken.size(); i++) {
                if (indexOf(taken, labelOf, prefix + i) < 0) {
                    return prefix + i;
                }
            }
        }
        require(LABEL.matcher(wanted).matches(), "\"%s\" is no label; write it like %s0.", wanted, prefix);
        return wanted;
    }

    private static <T> int indexOf(List<T> all, Function<T, String> labelOf, String label) {
        for (int i = 0; i < all.size(); i++) {
            if (labelOf.apply(all.get(i)).equals(label)) {
                return i;
            }
        }
        return -1;
    }

    // ---- MAC addresses ----

    private String freeMac(Set<String> given) {
        for (int i = 0; i < 1000; i++) {
            String mac = macAddresses.get();
            if (snapshot.findByMac(mac).isEmpty() && given.add(mac)) {
                return mac;
            }
        }
        throw new IllegalStateException("no free MAC address found");
    }

    private void requireMacsFree(VmConfig config, @Nullable VirtualMachine self) {
        Set<String> own = new HashSet<>();
        for (VirtualNic nic : config.nics()) {
            require(
                    own.add(nic.macAddress()) && isFree(nic.macAddress(), self),
                    "MAC address %s is in use already; leave it empty to get a free one.",
                    nic.macAddress());
        }
    }

    private boolean isFree(String macAddress, @Nullable VirtualMachine self) {
        return snapshot.findByMac(macAddress).stream()
                .allMatch(holder -> self != null && holder.id().equals(self.id()));
    }

    private static void require(boolean holds, String problem, Object... arguments) {
        if (!holds) {
            throw new FaultException(FaultCode.CONFIG_INVALID, String.format(Locale.ROOT, problem, arguments));
        }
    }
}
