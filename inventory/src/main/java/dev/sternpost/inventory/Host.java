package dev.sternpost.inventory;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A machine that runs virtual machines.
 *
 * @param parentId the cluster it belongs to, or a folder of hosts when it stands alone
 * @param connectionState whether the server and the agent talk
 * @param mode what it is used for
 * @param facts what the machine is; null until its agent has connected for the first time
 * @param incarnation rises each time the agent starts; 0 until then
 * @param lastSeen when the agent was last heard of before {@code connectionState} changed; null when never
 * @param datastoreIds the datastores it sees, in the order of ids
 * @param networkIds the networks it offers, in the order of ids
 */
public record Host(
        HostId id,
        String name,
        ManagedObjectId parentId,
        long version,
        HostConnectionState connectionState,
        HostMode mode,
        @Nullable HostFacts facts,
        long incarnation,
        @Nullable Instant lastSeen,
        List<DatastoreId> datastoreIds,
        List<NetworkId> networkIds)
        implements ManagedObject {
    public Host {
        Checks.object(id, name, version);
        if (!(parentId instanceof ClusterId || parentId instanceof FolderId)) {
            throw new IllegalArgumentException("a host lies in a cluster or folder, not in " + parentId);
        }
        Objects.requireNonNull(connectionState, "connectionState");
        Objects.requireNonNull(mode, "mode");
        Checks.notNegative("incarnation", incarnation);
        datastoreIds = datastoreIds.stream().distinct().sorted().toList();
        networkIds = networkIds.stream().distinct().sorted().toList();
    }

    /** A host that is not committed yet and whose agent has not been heard of. */
    public static Host create(HostId id, String name, ManagedObjectId parentId) {
        return new Host(
                id,
                name,
                parentId,
                0,
                HostConnectionState.DISCONNECTED,
                HostMode.NORMAL,
                null,
                0,
                null,
                List.of(),
                List.of());
    }

    /** Whether commands can be sent to it now. */
    public boolean isConnected() {
        return connectionState == HostConnectionState.CONNECTED;
    }

    /** Whether nothing may be started or moved here, because of maintenance or stand-by. */
    public boolean inMaintenance() {
        return mode.isClosed();
    }

    /**
     * Gray when its agent does not talk to the server on purpose, as in stand-by, red when it should and does not; yellow
     * while quarantined and when there is something to notice.
     */
    public OverallStatus status() {
        if (mode.isAsleep()) {
            return OverallStatus.GRAY;
        }
        boolean noticed = mode == HostMode.QUARANTINE
                || (facts != null && !facts.notices().isEmpty());
        return switch (connectionState) {
            case CONNECTED -> noticed ? OverallStatus.YELLOW : OverallStatus.GREEN;
            case DISCONNECTED -> OverallStatus.GRAY;
            case NOT_RESPONDING -> OverallStatus.RED;
        };
    }

    public Host withName(String newName) {
        return new Host(
                id,
                newName,
                parentId,
                version,
                connectionState,
                mode,
                facts,
                incarnation,
                lastSeen,
                datastoreIds,
                networkIds);
    }

    public Host withParentId(ManagedObjectId newParentId) {
        return new Host(
                id,
                name,
                newParentId,
                version,
                connectionState,
                mode,
                facts,
                incarnation,
                lastSeen,
                datastoreIds,
                networkIds);
    }

    public Host withConnection(
            HostConnectionState newConnectionState, long newIncarnation, @Nullable Instant newLastSeen) {
        return new Host(
                id,
                name,
                parentId,
                version,
                newConnectionState,
                mode,
                facts,
                newIncarnation,
                newLastSeen,
                datastoreIds,
                networkIds);
    }

    public Host withMode(HostMode newMode) {
        return new Host(
                id,
                name,
                parentId,
                version,
                connectionState,
                newMode,
                facts,
                incarnation,
                lastSeen,
                datastoreIds,
                networkIds);
    }

    /** The same host with what its agent reported. */
    public Host withReport(
            HostFacts newFacts, Collection<DatastoreId> newDatastoreIds, Collection<NetworkId> newNetworkIds) {
        return new Host(
                id,
                name,
                parentId,
                version,
                connectionState,
                mode,
                newFacts,
                incarnation,
                lastSeen,
                List.copyOf(newDatastoreIds),
                List.copyOf(newNetworkIds));
    }

    @Override
    public Host withVersion(long newVersion) {
        return new Host(
                id,
                name,
                parentId,
                newVersion,
                connectionState,
                mode,
                facts,
                incarnation,
                lastSeen,
                datastoreIds,
                networkIds);
    }
}
