package dev.sternpost.agent.network;

import dev.sternpost.agent.vmdirectory.NicShape;
import java.util.Set;

/** User-mode networking: guests reach out through the hypervisor's own process; needs no rights and leaves nothing. */
public final class UserNetwork implements NetworkBackend {

    @Override
    public String kind() {
        return "user";
    }

    @Override
    public NetworkPort attach(String vmId, int nicIndex, NicShape nic) {
        return port(vmId, nicIndex);
    }

    @Override
    public NetworkPort port(String vmId, int nicIndex) {
        return new NetworkPort.User();
    }

    @Override
    public void detach(String vmId) {}

    @Override
    public void sweep(Set<String> vmIdsKept) {}
}
