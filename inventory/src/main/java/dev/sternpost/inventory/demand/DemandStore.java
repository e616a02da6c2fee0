package dev.sternpost.inventory.demand;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Keeps what was learnt of each VM, about a kilobyte of bytes that only their reader understands. Those of VMs that are gone are removed by
 * {@link #removeAll}, which the reader calls when it comes upon them.
 */
public interface DemandStore {
    /** Most models of one call of {@link #save}. */
    int SAVED_AT_ONCE_MAX = 1_000;

    /** Hands over everything that is kept, in no order. */
    void forEach(BiConsumer<VirtualMachineId, byte[]> reader);

    /** Keeps these, in place of what was kept of the same VMs. */
    void save(Map<VirtualMachineId, byte[]> models);

    /** Forgets these, as far as they are kept. */
    void removeAll(Collection<VirtualMachineId> vms);
}
