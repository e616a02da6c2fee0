package dev.sternpost.agent.network;

import dev.sternpost.agent.vmdirectory.NicShape;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The networks of a host by name. */
public final class HostNetworks {

    private final Map<String, NetworkBackend> backends;

    /** @param backends by the name that all hosts of the segment use */
    public HostNetworks(Map<String, NetworkBackend> backends) {
        this.backends = new LinkedHashMap<>(backends);
    }

    /** Kind by name, in the order of the configuration. */
    public Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        backends.forEach((name, backend) -> kinds.put(name, backend.kind()));
        return kinds;
    }

    /**
     * Makes the ports of all cards of a virtual machine, or none.
     *
     * @return in the order of the cards
     * @throws FaultException CONFIG_INVALID when this host lacks a network, HOST_ERROR
     */
    public List<NetworkPort> attach(VmShape shape) {
        for (NicShape nic : shape.nics()) {
            if (!backends.containsKey(nic.network())) {
                throw new FaultException(
                        FaultCode.CONFIG_INVALID,
                        shape.vmId(),
                        "This host has no network \"" + nic.network() + "\" for " + nic.label() + "; it has "
                                + backends.keySet() + ".");
            }
        }
        List<NetworkPort> ports = new ArrayList<>();
        try {
            for (NicShape nic : shape.nics()) {
                NetworkBackend backend = backends.get(nic.network());
                if (backend == null) {
                    throw new IllegalStateException("network vanished: " + nic.network());
                }
                ports.add(backend.attach(shape.vmId(), ports.size(), nic));
            }
        } catch (RuntimeException e) {
            detach(shape.vmId());
            throw e;
        }
        return ports;
    }

    /** The ports that {@link #attach} made, in the order of the cards; without those of networks that are gone. */
    public List<NetworkPort> ports(VmShape shape) {
        List<NetworkPort> ports = new ArrayList<>();
        for (int i = 0; i < shape.nics().size(); i++) {
            NetworkBackend backend = backends.get(shape.nics().get(i).network());
            if (backend != null) {
                ports.add(backend.port(shape.vmId(), i));
            }
        }
        return ports;
    }

    /** Removes all ports of a virtual machine. */
    public void detach(String vmId) {
        backends.values().forEach(backend -> backend.detach(vmId));
    }

    /** Removes the ports of all virtual machines but these. */
    public void sweep(Set<String> vmIdsKept) {
        backends.values().forEach(backend -> backend.sweep(vmIdsKept));
    }
}
