package dev.sternpost.drs.rule;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * A rule of a cluster. Rules about VMs alone are always kept by our own moves; a rule about hosts is kept always ({@link
 * Strength#MUST}) or as long as nothing weightier speaks against it ({@link Strength#SHOULD}).
 */
public sealed interface Rule {
    /** Unique in its cluster. */
    String name();

    /** Whether it counts at present. */
    boolean enabled();

    /** The VMs it is about, in the order of ids. */
    List<VirtualMachineId> vmIds();

    /** Whether our own moves never break it. */
    default boolean mandatory() {
        return true;
    }

    /** VMs that run on the same host. */
    record KeepTogether(String name, boolean enabled, List<VirtualMachineId> vmIds) implements Rule {
        public KeepTogether {
            vmIds = several(name, vmIds);
        }
    }

    /** VMs of which no two run on the same host. */
    record KeepApart(String name, boolean enabled, List<VirtualMachineId> vmIds) implements Rule {
        public KeepApart {
            vmIds = several(name, vmIds);
        }
    }

    /**
     * VMs that run, or do not run, on some hosts.
     *
     * @param affinity run on these hosts, or on any but these
     * @param hostIds in the order of ids
     */
    record VmHost(
            String name,
            boolean enabled,
            Affinity affinity,
            Strength strength,
            List<VirtualMachineId> vmIds,
            List<HostId> hostIds)
            implements Rule {
        public VmHost {
            vmIds = ordered(vmIds);
            hostIds = ordered(hostIds);
            if (name.isBlank() || vmIds.isEmpty() || hostIds.isEmpty()) {
                throw new IllegalArgumentException("a rule of VMs and hosts has a name, VMs and hosts: " + name);
            }
            Objects.requireNonNull(affinity, "affinity");
            Objects.requireNonNull(strength, "strength");
        }

        @Override
        public boolean mandatory() {
            return strength == Strength.MUST;
        }

        /** Whether the rule is content with its VMs on a host. */
        public boolean allows(HostId host) {
            return hostIds.contains(host) == (affinity == Affinity.RUN_ON);
        }
    }

    /** What VMs have to do with hosts. */
    enum Affinity {
        RUN_ON,
        NOT_RUN_ON
    }

    /** How much a rule weighs. */
    enum Strength {
        MUST,
        SHOULD
    }

    private static List<VirtualMachineId> several(String name, Collection<VirtualMachineId> ids) {
        List<VirtualMachineId> ordered = ordered(ids);
        if (name.isBlank() || ordered.size() < 2) {
            throw new IllegalArgumentException("a rule of VMs has a name and at least two VMs: " + name);
        }
        return ordered;
    }

    private static <T extends Comparable<? super T>> List<T> ordered(Collection<T> ids) {
        return ids.stream().distinct().sorted().toList();
    }
}
