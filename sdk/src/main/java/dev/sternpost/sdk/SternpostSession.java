package dev.sternpost.sdk;

import dev.sternpost.proto.cluster.v1.ClusterRuleServiceGrpc;
import dev.sternpost.proto.cluster.v1.ClusterRuleServiceGrpc.ClusterRuleServiceBlockingStub;
import dev.sternpost.proto.cluster.v1.ClusterServiceGrpc;
import dev.sternpost.proto.cluster.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import dev.sternpost.proto.datastore.v1.DatastoreServiceGrpc;
import dev.sternpost.proto.datastore.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import dev.sternpost.proto.drs.v1.DrsServiceGrpc;
import dev.sternpost.proto.drs.v1.DrsServiceGrpc.DrsServiceBlockingStub;
import dev.sternpost.proto.event.v1.EventServiceGrpc;
import dev.sternpost.proto.event.v1.EventServiceGrpc.EventServiceBlockingStub;
import dev.sternpost.proto.ha.v1.HaServiceGrpc;
import dev.sternpost.proto.ha.v1.HaServiceGrpc.HaServiceBlockingStub;
import dev.sternpost.proto.host.v1.HostMaintenanceServiceGrpc;
import dev.sternpost.proto.host.v1.HostMaintenanceServiceGrpc.HostMaintenanceServiceBlockingStub;
import dev.sternpost.proto.host.v1.HostServiceGrpc;
import dev.sternpost.proto.host.v1.HostServiceGrpc.HostServiceBlockingStub;
import dev.sternpost.proto.inventory.v1.InventoryServiceGrpc;
import dev.sternpost.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.sternpost.proto.network.v1.NetworkServiceGrpc;
import dev.sternpost.proto.network.v1.NetworkServiceGrpc.NetworkServiceBlockingStub;
import dev.sternpost.proto.power.v1.PowerServiceGrpc;
import dev.sternpost.proto.power.v1.PowerServiceGrpc.PowerServiceBlockingStub;
import dev.sternpost.proto.resourcepool.v1.ResourcePoolServiceGrpc;
import dev.sternpost.proto.resourcepool.v1.ResourcePoolServiceGrpc.ResourcePoolServiceBlockingStub;
import dev.sternpost.proto.session.v1.DeleteSessionRequest;
import dev.sternpost.proto.session.v1.GetSessionRequest;
import dev.sternpost.proto.session.v1.Session;
import dev.sternpost.proto.session.v1.SessionServiceGrpc;
import dev.sternpost.proto.statistics.v1.StatisticsServiceGrpc;
import dev.sternpost.proto.statistics.v1.StatisticsServiceGrpc.StatisticsServiceBlockingStub;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.task.v1.TaskServiceGrpc;
import dev.sternpost.proto.task.v1.TaskServiceGrpc.TaskServiceBlockingStub;
import dev.sternpost.proto.task.v1.TaskState;
import dev.sternpost.proto.type.v1.FaultKind;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineServiceGrpc;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineServiceGrpc.VirtualMachineServiceBlockingStub;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A login. Its blocking stubs cover every service; {@link #async} has the same as futures and streams.
 *
 * <p>Wrap calls in {@link #call} to get {@link SternpostException} instead of gRPC's own, and one more attempt when the
 * token was replaced meanwhile. Requests that have a {@code request_id} get one when it is left empty, so that what gRPC
 * sends again after a broken connection is done once.
 */
public final class SternpostSession implements AutoCloseable {
    private static final String TOKEN_INVALID = "TOKEN_INVALID";

    private final SternpostClient client;
    private final SessionToken token;

    SternpostSession(SternpostClient client, AccessToken token, TokenStore store) {
        this.client = client;
        this.token = new SessionToken(client, token, store);
        this.token.start();
    }

    /** The inventory tree and folders. */
    public InventoryServiceBlockingStub inventory() {
        return InventoryServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Virtual machines. */
    public VirtualMachineServiceBlockingStub virtualMachines() {
        return VirtualMachineServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Hosts. */
    public HostServiceBlockingStub hosts() {
        return HostServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Clusters. */
    public ClusterServiceBlockingStub clusters() {
        return ClusterServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Rules of clusters. */
    public ClusterRuleServiceBlockingStub clusterRules() {
        return ClusterRuleServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Hosts out of use and back. */
    public HostMaintenanceServiceBlockingStub hostMaintenance() {
        return HostMaintenanceServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Load balancing. */
    public DrsServiceBlockingStub drs() {
        return DrsServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** High availability. */
    public HaServiceBlockingStub highAvailability() {
        return HaServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Power management. */
    public PowerServiceBlockingStub power() {
        return PowerServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Resource pools. */
    public ResourcePoolServiceBlockingStub resourcePools() {
        return ResourcePoolServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Datastores. */
    public DatastoreServiceBlockingStub datastores() {
        return DatastoreServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Networks. */
    public NetworkServiceBlockingStub networks() {
        return NetworkServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** What hosts and virtual machines use. */
    public StatisticsServiceBlockingStub statistics() {
        return StatisticsServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Tasks. */
    public TaskServiceBlockingStub tasks() {
        return TaskServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** Events. */
    public EventServiceBlockingStub events() {
        return EventServiceGrpc.newBlockingStub(client.calls()).withCallCredentials(token);
    }

    /** The same services without blocking. */
    public AsyncStubs async() {
        return new AsyncStubs(client.calls(), token);
    }

    /** Does calls, turning what fails into a {@link SternpostException}; once more when another token has come up. */
    public <T> T call(Supplier<T> calls) {
        AccessToken before = token.current();
        try {
            return client.decoded(calls);
        } catch (SternpostException e) {
            if (e.is(TOKEN_INVALID) && token.replace(before)) {
                return client.decoded(calls);
            }
            throw e;
        }
    }

    /** Who is logged in, until when. */
    public Session describe() {
        return call(() -> SessionServiceGrpc.newBlockingStub(client.calls())
                .withCallCredentials(token)
                .getSession(GetSessionRequest.getDefaultInstance())
                .getSession());
    }

    /** The token as it is now; a secret. */
    public AccessToken accessToken() {
        return token.current();
    }

    /** Returns when the task has ended, or is stuck and waits for an operator; see {@link #waitForTask(String, Duration, TaskListener)}. */
    public Task waitForTask(String taskId, Duration timeout) {
        return waitForTask(taskId, timeout, task -> {});
    }

    /**
     * Returns the task when it has ended, in whichever state, or is STUCK and waits for an operator. Goes on waiting
     * when the connection breaks or the server is started again.
     *
     * @param timeout how long to wait at most
     * @param listener told of the task each time it changes, on the calling thread
     * @throws TaskTimeoutException when the time is up; the task goes on
     */
    public Task waitForTask(String taskId, Duration timeout, TaskListener listener) {
        return new TaskWaiter(client, this, taskId, timeout, listener).await();
    }

    /** Waits like {@link #waitForTask(String, Duration)} and fails with the task's own fault unless it succeeded. */
    public Task requireSuccess(Task task, Duration timeout) {
        Task ended = waitForTask(task.getId(), timeout);
        if (ended.getState() == TaskState.TASK_STATE_SUCCEEDED) {
            return ended;
        }
        if (ended.hasFault()) {
            throw new SternpostException(ended.getFault());
        }
        throw new SternpostException(
                "OPERATION_CANCELLED",
                0,
                FaultKind.FAULT_KIND_CONFLICT,
                "task %s was cancelled".formatted(ended.getId()),
                ended.getSubjectId(),
                null);
    }

    /**
     * Follows every change of the inventory on a thread of its own until the watch is closed; goes on from the last
     * cursor when the connection breaks.
     *
     * @param cursor where to begin, from an earlier watch; null begins with a full list
     */
    public Watch watchInventory(@Nullable String cursor, InventoryHandler handler) {
        return Watch.start("sternpost-inventory-watch", new InventoryWatch(client, this, cursor, handler));
    }

    /**
     * Follows the event trail on a thread of its own until the watch is closed; each event once and in order, also
     * across broken connections.
     *
     * @param afterSequence begin after this event; 0 begins with the next one that happens
     * @param subject only events about this object (id or path); empty for all
     */
    public Watch watchEvents(long afterSequence, String subject, EventHandler handler) {
        return Watch.start("sternpost-event-watch", new EventWatch(client, this, afterSequence, subject, handler));
    }

    /** Logs out: the token stops working. The session must not be used afterwards. */
    public void logout() {
        token.close();
        call(() -> SessionServiceGrpc.newBlockingStub(client.calls())
                .withCallCredentials(token)
                .deleteSession(DeleteSessionRequest.getDefaultInstance()));
    }

    /** Stops renewing. The token is left to expire; {@link #logout} ends it at once. */
    @Override
    public void close() {
        token.close();
    }
}
