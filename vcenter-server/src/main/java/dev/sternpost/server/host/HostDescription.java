package dev.sternpost.server.host;

import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.NetworkKind;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** What a host is and what it sees, as its agent reports it. */
public record HostDescription(HostFacts facts, List<SeenDatastore> datastores, List<SeenNetwork> networks) {

    /** A datastore as this host sees it; the name is only used when nobody has named the datastore before. */
    public record SeenDatastore(UUID uuid, String name, long capacityBytes, long freeBytes, boolean accessible) {}

    /** A network this host offers; equal names are the same segment. */
    public record SeenNetwork(String name, NetworkKind kind) {}

    public HostDescription {
        Objects.requireNonNull(facts, "facts");
        datastores = List.copyOf(datastores);
        networks = List.copyOf(networks);
    }
}
