package dev.sternpost.fleet.host;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * What a simulated host has.
 *
 * @param cpuCount logical CPUs
 * @param cpuMhz clock of one
 * @param memoryBytes memory
 * @param datastores names of the datastores it sees; equal names are the same datastore
 */
public record HostShape(int cpuCount, int cpuMhz, long memoryBytes, List<String> datastores) {
    /** Size of each datastore. */
    static final long DATASTORE_BYTES = 64L << 40;

    public HostShape {
        datastores = List.copyOf(datastores);
    }

    /** A usual host of two sockets. */
    public static HostShape usual(List<String> datastores) {
        return new HostShape(64, 2_600, 512L << 30, datastores);
    }

    static String uuidOf(String datastore) {
        return UUID.nameUUIDFromBytes(("simulated datastore " + datastore).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    boolean sees(String datastoreUuid) {
        return datastores.stream().anyMatch(name -> uuidOf(name).equals(datastoreUuid));
    }
}
