package dev.sternpost.ha.table;

import dev.sternpost.ha.text.Lines;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All protected virtual machines of a host, kept on the heartbeat datastore for those who come after it. A hint where to look: who may run a
 * virtual machine is said by its lock.
 *
 * @param version rises with each change
 * @param entries by virtual machine
 */
public record VmTable(HostId hostId, long version, SortedMap<VirtualMachineId, VmEntry> entries) {
    /** Virtual machines of one host. */
    public static final int ENTRIES_MAX = 4_096;

    private static final String KIND = "vm-table";

    public VmTable {
        Objects.requireNonNull(hostId, "hostId");
        if (entries.size() > ENTRIES_MAX) {
            throw new IllegalArgumentException("more than " + ENTRIES_MAX + " virtual machines on " + hostId);
        }
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    /** With these entries. */
    public static VmTable of(HostId hostId, long version, Collection<VmEntry> entries) {
        TreeMap<VirtualMachineId, VmEntry> byVm = new TreeMap<>();
        entries.forEach(entry -> byVm.put(entry.vmId(), entry));
        return new VmTable(hostId, version, byVm);
    }

    /** The slot it is kept in. */
    public static String slotOf(HostId hostId) {
        return hostId + ".vms";
    }

    /** As it is written. */
    public String encoded() {
        return Lines.of(KIND)
                .with("host", hostId)
                .with("version", version)
                .with("vms", encodedEntries(entries.values()))
                .encoded();
    }

    /** Entries on one line. */
    public static String encodedEntries(Collection<VmEntry> entries) {
        return entries.stream().map(VmEntry::encoded).collect(Collectors.joining(" "));
    }

    /**
     * What {@link #encodedEntries} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static SortedMap<VirtualMachineId, VmEntry> parseEntries(String text) {
        TreeMap<VirtualMachineId, VmEntry> entries = new TreeMap<>();
        if (!text.isEmpty()) {
            for (String word : text.split(" ", ENTRIES_MAX)) {
                VmEntry entry = VmEntry.parse(word);
                entries.put(entry.vmId(), entry);
            }
        }
        return entries;
    }

    /** Empty when the text is not a whole table. */
    public static Optional<VmTable> decode(String text) {
        return Lines.decode(KIND, text).flatMap(lines -> {
            try {
                return Optional.of(new VmTable(
                        new HostId(lines.text("host")), lines.number("version"), parseEntries(lines.text("vms"))));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }
}
