package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HaAdmission;
import dev.sternpost.inventory.HaIsolationResponse;
import dev.sternpost.inventory.HaSettings;
import dev.sternpost.inventory.HaSettings.State;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.cluster.Clusters;
import dev.sternpost.server.ha.HaRecords.By;
import dev.sternpost.server.ha.HaRecords.Told;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Submission;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.TaskView;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Enables, disables and sets high availability of clusters. Every method throws {@link FaultException} with the codes of the contract. */
public final class HighAvailability {
    private static final int REASON_MAX = 500;

    /** Virtual machines that one message names. */
    private static final int NAMED_MAX = 5;

    private final HaRecords records;
    private final ConfigPush push;
    private final Tasks tasks;
    private final InstantSource clock;

    HighAvailability(HaRecords records, ConfigPush push, Tasks tasks, InstantSource clock) {
        this.records = records;
        this.push = push;
        this.tasks = tasks;
        this.clock = clock;
    }

    private record EnableRequest(String cluster, String heartbeatDatastore) {}

    private record DisableRequest(String cluster, boolean force) {}

    /**
     * What is wanted of a cluster; null leaves it.
     *
     * @param heartbeatDatastore id, path or name
     */
    public record Wish(
            @Nullable String heartbeatDatastore,
            HaSettings.@Nullable Timing timing,
            @Nullable HaAdmission admission,
            @Nullable HaIsolationResponse isolation,
            @Nullable Boolean monitoring,
            @Nullable List<String> isolationAddresses) {}

    /**
     * Files the task that enables it. Faults: OBJECT_NOT_FOUND, NAME_AMBIGUOUS, HA_WRONG_STATE, HA_NOT_PROVEN, REQUEST_ID_REUSED.
     *
     * @param heartbeatDatastore id, path or name; empty for the one that was chosen before, or else one that every host sees
     */
    public TaskView enable(Caller caller, String reference, String heartbeatDatastore) {
        EnableRequest request = new EnableRequest(reference, heartbeatDatastore);
        Optional<TaskView> earlier = tasks.earlier(caller, HaWorkflows.ENABLE, request);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        InventorySnapshot snapshot = records.snapshot();
        Cluster cluster = Clusters.meant(snapshot, reference);
        requireState(cluster, state -> state == State.OFF, "High availability of %s is %s already.");
        if (HaContents.members(snapshot, cluster).size() < HaWorkflows.HOSTS_MIN) {
            throw new FaultException(
                    FaultCode.HA_NOT_PROVEN,
                    cluster.id().value(),
                    "High availability of %s takes two hosts that are not in stand-by. Add a host."
                            .formatted(cluster.name()));
        }
        Datastore chosen = heartbeats(snapshot, cluster, heartbeatDatastore);
        return tasks.submit(submission(HaWorkflows.ENABLE, cluster, chosen.id().value()), caller, request);
    }

    /**
     * Files the task that disables it. Faults: OBJECT_NOT_FOUND, NAME_AMBIGUOUS, HA_WRONG_STATE, HA_RESTARTS_PENDING, REQUEST_ID_REUSED.
     *
     * @param force also while virtual machines wait to be started again; they stay down
     */
    public TaskView disable(Caller caller, String reference, boolean force) {
        DisableRequest request = new DisableRequest(reference, force);
        Optional<TaskView> earlier = tasks.earlier(caller, HaWorkflows.DISABLE, request);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        InventorySnapshot snapshot = records.snapshot();
        Cluster cluster = Clusters.meant(snapshot, reference);
        requireState(cluster, state -> state == State.ON, "High availability of %s is %s, not on.");
        if (!force) {
            requireNothingPending(snapshot, cluster);
        }
        return tasks.submit(submission(HaWorkflows.DISABLE, cluster, ""), caller, request);
    }

    private void requireNothingPending(InventorySnapshot snapshot, Cluster cluster) {
        List<String> pending = push.outlook(snapshot, cluster).pending().stream()
                .map(id -> snapshot.get(id).name())
                .toList();
        if (!pending.isEmpty()) {
            String more = pending.size() <= NAMED_MAX ? "" : " and %d more".formatted(pending.size() - NAMED_MAX);
            throw new FaultException(
                    FaultCode.HA_RESTARTS_PENDING,
                    cluster.id().value(),
                    "High availability of %s is not disabled, since what waits to be started again would stay down: %s%s. Wait for it (sternpost ha status), or give it up with --force."
                            .formatted(
                                    cluster.name(),
                                    String.join(", ", pending.subList(0, Math.min(pending.size(), NAMED_MAX))),
                                    more));
        }
    }

    private static Submission submission(String kind, Cluster cluster, String datastoreId) {
        return Submission.of(
                        kind,
                        cluster.id().value(),
                        cluster.name(),
                        new HaWorkflows.Input(cluster.id().value(), datastoreId))
                .claiming("ha:" + cluster.id().value());
    }

    private static void requireState(Cluster cluster, Predicate<State> wanted, String message) {
        if (!wanted.test(cluster.ha().state())) {
            throw new FaultException(
                    FaultCode.HA_WRONG_STATE,
                    cluster.id().value(),
                    message.formatted(
                            cluster.name(), cluster.ha().state().name().toLowerCase(Locale.ROOT)));
        }
    }

    /** The datastore that is named, else the one from before, else the largest; every host that takes part must see it. */
    private static Datastore heartbeats(InventorySnapshot snapshot, Cluster cluster, String reference) {
        List<Host> members = HaContents.members(snapshot, cluster);
        if (!reference.isEmpty()) {
            return requireShared(cluster, members, snapshot.resolve(reference, Datastore.class));
        }
        DatastoreId before = cluster.ha().heartbeatDatastoreId();
        if (before != null && snapshot.find(before).isPresent()) {
            return requireShared(cluster, members, snapshot.get(before));
        }
        return snapshot.objects(Datastore.class).stream()
                .filter(each -> each.accessible() && blind(members, each).isEmpty())
                .max(Comparator.comparingLong(Datastore::capacityBytes)
                        .thenComparing(Datastore::id, Comparator.reverseOrder()))
                .orElseThrow(() -> new FaultException(
                        FaultCode.HA_NOT_PROVEN,
                        cluster.id().value(),
                        "No datastore is seen by every host of %s, so there is no place for their leases. Mount one on all of them."
                                .formatted(cluster.name())));
    }

    private static List<String> blind(List<Host> members, Datastore datastore) {
        return members.stream()
                .filter(host -> !host.datastoreIds().contains(datastore.id()))
                .map(Host::name)
                .toList();
    }

    private static Datastore requireShared(Cluster cluster, List<Host> members, Datastore datastore) {
        List<String> blind = blind(members, datastore);
        if (!blind.isEmpty() || !datastore.accessible()) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    datastore.id().value(),
                    "%s cannot hold the leases of %s: %s. Choose one that all its hosts see."
                            .formatted(
                                    datastore.name(),
                                    cluster.name(),
                                    blind.isEmpty()
                                            ? "it cannot be used now"
                                            : String.join(", ", blind) + " cannot see it"));
        }
        return datastore;
    }

    /** Changes settings of a cluster; at once when it is on. Faults: OBJECT_NOT_FOUND, NAME_AMBIGUOUS, REQUEST_INVALID, HA_WRONG_STATE. */
    public Cluster update(String userName, String reference, Wish wish) {
        ClusterId id = Clusters.meant(records.snapshot(), reference).id();
        return records.change(
                new By(userName, ""),
                id,
                (snapshot, cluster) -> wished(snapshot, cluster, wish),
                (cluster, after) -> new Told(
                        EventType.CLUSTER_HA_RECONFIGURED,
                        "High availability of %s: %s.".formatted(cluster.name(), HaWords.of(snapshot(), after))));
    }

    private InventorySnapshot snapshot() {
        return records.snapshot();
    }

    private static HaSettings wished(InventorySnapshot snapshot, Cluster cluster, Wish wish) {
        HaSettings before = cluster.ha();
        String datastore = wish.heartbeatDatastore();
        HaAdmission admission = wish.admission();
        if (datastore != null && before.isKept()) {
            throw new FaultException(
                    FaultCode.HA_WRONG_STATE,
                    cluster.id().value(),
                    "The heartbeat datastore of %s holds leases that are in use. Disable high availability first, then enable it with another."
                            .formatted(cluster.name()));
        }
        if (admission != null) {
            requireHosts(snapshot, cluster, admission.dedicatedHostIds());
            int members = HaContents.members(snapshot, cluster).size();
            boolean counts = admission.kind() == HaAdmission.Kind.HOST_FAILURES && members > 1;
            if (counts && admission.hostFailures() >= members) {
                throw invalid(
                        "%s has %d hosts: at most %d of them may fail, so that one is left to start what they ran."
                                .formatted(cluster.name(), members, members - 1));
            }
        }
        List<String> addresses = wish.isolationAddresses();
        if (addresses != null) {
            addresses.forEach(HighAvailability::requireAddress);
            if (addresses.size() > HaSettings.ISOLATION_ADDRESSES_MAX) {
                throw invalid("At most %d isolation addresses.".formatted(HaSettings.ISOLATION_ADDRESSES_MAX));
            }
        }
        return new HaSettings(
                before.state(),
                before.disarmed(),
                datastore == null
                        ? before.heartbeatDatastoreId()
                        : heartbeats(snapshot, cluster, datastore).id(),
                wish.timing() == null ? before.timing() : wish.timing(),
                admission == null ? before.admission() : admission,
                wish.isolation() == null ? before.isolation() : wish.isolation(),
                wish.monitoring() == null ? before.monitoring() : wish.monitoring(),
                addresses == null ? before.isolationAddresses() : addresses,
                before.vms());
    }

    private static void requireHosts(InventorySnapshot snapshot, Cluster cluster, List<HostId> hosts) {
        for (HostId id : hosts) {
            boolean here = snapshot.find(id)
                    .filter(host -> host.parentId().equals(cluster.id()))
                    .isPresent();
            if (!here) {
                throw invalid("%s is no host of %s.".formatted(id, cluster.name()));
            }
        }
    }

    private static void requireAddress(String address) {
        try {
            // Not a name: an isolated host could ask nobody what it stands for.
            InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw invalid("\"%s\" is no IP address; write it like 10.0.0.1.".formatted(address));
        }
    }

    private static FaultException invalid(String message) {
        return new FaultException(FaultCode.REQUEST_INVALID, message);
    }

    /** Nothing is started again until it is armed anew. Faults: OBJECT_NOT_FOUND, NAME_AMBIGUOUS, REQUEST_INVALID, HA_WRONG_STATE. */
    public Cluster disarm(String userName, String reference, String reason) {
        String words = reason.strip();
        if (words.isEmpty() || words.length() > REASON_MAX || words.chars().anyMatch(Character::isISOControl)) {
            throw invalid("Say why it is disarmed, in up to %d characters on one line.".formatted(REASON_MAX));
        }
        ClusterId id = Clusters.meant(snapshot(), reference).id();
        return records.change(
                new By(userName, ""),
                id,
                (snapshot, cluster) -> {
                    requireState(cluster, state -> state == State.ON, "High availability of %s is %s, not on.");
                    HaSettings.Disarmed before = cluster.ha().disarmed();
                    return cluster.ha()
                            .withDisarmed(
                                    new HaSettings.Disarmed(words, before == null ? clock.instant() : before.since()));
                },
                (cluster, after) -> new Told(
                        EventType.CLUSTER_HA_DISARMED,
                        "High availability of %s is disarmed: %s. Nothing is restarted until it is armed again."
                                .formatted(cluster.name(), words)));
    }

    /** Failures are answered again. Faults: OBJECT_NOT_FOUND, NAME_AMBIGUOUS, HA_WRONG_STATE. */
    public Cluster rearm(String userName, String reference) {
        ClusterId id = Clusters.meant(snapshot(), reference).id();
        return records.change(
                new By(userName, ""),
                id,
                (snapshot, cluster) -> {
                    requireState(cluster, state -> state == State.ON, "High availability of %s is %s, not on.");
                    if (cluster.ha().disarmed() == null) {
                        throw new FaultException(
                                FaultCode.HA_WRONG_STATE,
                                id.value(),
                                "High availability of %s is armed already.".formatted(cluster.name()));
                    }
                    return cluster.ha().withDisarmed(null);
                },
                (cluster, after) -> new Told(
                        EventType.CLUSTER_HA_REARMED,
                        "High availability of %s is armed again.".formatted(cluster.name())));
    }
}
