package dev.sternpost.sdk;

import dev.sternpost.proto.cluster.v1.ClusterRuleServiceGrpc;
import dev.sternpost.proto.cluster.v1.ClusterRuleServiceGrpc.ClusterRuleServiceFutureStub;
import dev.sternpost.proto.cluster.v1.ClusterServiceGrpc;
import dev.sternpost.proto.cluster.v1.ClusterServiceGrpc.ClusterServiceFutureStub;
import dev.sternpost.proto.datastore.v1.DatastoreServiceGrpc;
import dev.sternpost.proto.datastore.v1.DatastoreServiceGrpc.DatastoreServiceFutureStub;
import dev.sternpost.proto.drs.v1.DrsServiceGrpc;
import dev.sternpost.proto.drs.v1.DrsServiceGrpc.DrsServiceFutureStub;
import dev.sternpost.proto.event.v1.EventServiceGrpc;
import dev.sternpost.proto.event.v1.EventServiceGrpc.EventServiceFutureStub;
import dev.sternpost.proto.event.v1.EventServiceGrpc.EventServiceStub;
import dev.sternpost.proto.ha.v1.HaServiceGrpc;
import dev.sternpost.proto.ha.v1.HaServiceGrpc.HaServiceFutureStub;
import dev.sternpost.proto.host.v1.HostMaintenanceServiceGrpc;
import dev.sternpost.proto.host.v1.HostMaintenanceServiceGrpc.HostMaintenanceServiceFutureStub;
import dev.sternpost.proto.host.v1.HostServiceGrpc;
import dev.sternpost.proto.host.v1.HostServiceGrpc.HostServiceFutureStub;
import dev.sternpost.proto.inventory.v1.InventoryServiceGrpc;
import dev.sternpost.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceFutureStub;
import dev.sternpost.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceStub;
import dev.sternpost.proto.network.v1.NetworkServiceGrpc;
import dev.sternpost.proto.network.v1.NetworkServiceGrpc.NetworkServiceFutureStub;
import dev.sternpost.proto.power.v1.PowerServiceGrpc;
import dev.sternpost.proto.power.v1.PowerServiceGrpc.PowerServiceFutureStub;
import dev.sternpost.proto.resourcepool.v1.ResourcePoolServiceGrpc;
import dev.sternpost.proto.resourcepool.v1.ResourcePoolServiceGrpc.ResourcePoolServiceFutureStub;
import dev.sternpost.proto.statistics.v1.StatisticsServiceGrpc;
import dev.sternpost.proto.statistics.v1.StatisticsServiceGrpc.StatisticsServiceFutureStub;
import dev.sternpost.proto.task.v1.TaskServiceGrpc;
import dev.sternpost.proto.task.v1.TaskServiceGrpc.TaskServiceFutureStub;
import dev.sternpost.proto.task.v1.TaskServiceGrpc.TaskServiceStub;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineServiceGrpc;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineServiceGrpc.VirtualMachineServiceFutureStub;
import io.grpc.CallCredentials;
import io.grpc.Channel;

/**
 * Stubs that do not block: one answer comes as a ListenableFuture, a stream to a StreamObserver. Failures are gRPC's;
 * {@link SternpostException#of} decodes them.
 */
public final class AsyncStubs {
    private final Channel calls;
    private final CallCredentials token;

    AsyncStubs(Channel calls, CallCredentials token) {
        this.calls = calls;
        this.token = token;
    }

    /** The inventory tree and folders. */
    public InventoryServiceFutureStub inventory() {
        return InventoryServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Streams of the inventory. */
    public InventoryServiceStub inventoryStreams() {
        return InventoryServiceGrpc.newStub(calls).withCallCredentials(token);
    }

    /** Virtual machines. */
    public VirtualMachineServiceFutureStub virtualMachines() {
        return VirtualMachineServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Hosts. */
    public HostServiceFutureStub hosts() {
        return HostServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Rules of clusters. */
    public ClusterRuleServiceFutureStub clusterRules() {
        return ClusterRuleServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Hosts out of use and back. */
    public HostMaintenanceServiceFutureStub hostMaintenance() {
        return HostMaintenanceServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** High availability. */
    public HaServiceFutureStub highAvailability() {
        return HaServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Power management. */
    public PowerServiceFutureStub power() {
        return PowerServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Load balancing. */
    public DrsServiceFutureStub drs() {
        return DrsServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Resource pools. */
    public ResourcePoolServiceFutureStub resourcePools() {
        return ResourcePoolServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Clusters. */
    public ClusterServiceFutureStub clusters() {
        return ClusterServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Datastores. */
    public DatastoreServiceFutureStub datastores() {
        return DatastoreServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Networks. */
    public NetworkServiceFutureStub networks() {
        return NetworkServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** What hosts and virtual machines use. */
    public StatisticsServiceFutureStub statistics() {
        return StatisticsServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Tasks. */
    public TaskServiceFutureStub tasks() {
        return TaskServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Streams of tasks. */
    public TaskServiceStub taskStreams() {
        return TaskServiceGrpc.newStub(calls).withCallCredentials(token);
    }

    /** Events. */
    public EventServiceFutureStub events() {
        return EventServiceGrpc.newFutureStub(calls).withCallCredentials(token);
    }

    /** Streams of events. */
    public EventServiceStub eventStreams() {
        return EventServiceGrpc.newStub(calls).withCallCredentials(token);
    }
}
