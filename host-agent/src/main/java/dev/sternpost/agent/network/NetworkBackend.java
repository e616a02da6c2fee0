package dev.sternpost.agent.network;

import dev.sternpost.agent.vmdirectory.NicShape;
import java.util.Set;

/** One network of a host. Failures are HOST_ERROR faults; a call that fails leaves nothing behind. */
public interface NetworkBackend {

    /** "bridged" or "user". */
    String kind();

    /**
     * Makes the port of a card. A port with that name that is there already, left by a crash, is replaced.
     *
     * @param nicIndex position of the card in the virtual machine, 0 to 9
     */
    NetworkPort attach(String vmId, int nicIndex, NicShape nic);

    /** The port that {@link #attach} made for a card, or would make. */
    NetworkPort port(String vmId, int nicIndex);

    /** Removes all ports of a virtual machine. Does nothing when there are none. */
    void detach(String vmId);

    /** Removes the ports of all virtual machines but these. */
    void sweep(Set<String> vmIdsKept);
}
