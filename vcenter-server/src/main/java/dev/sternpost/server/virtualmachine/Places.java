package dev.sternpost.server.virtualmachine;

import dev.sternpost.drs.placement.DatastorePlanner;
import dev.sternpost.drs.placement.DatastorePlanner.DatastoreVerdict;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Datacenter;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.FolderType;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualDisk;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Where a new VM goes: what its request names, or what there is only one of. */
final class Places {
    private static final int DIRECTORIES_TRIED_MAX = 1000;

    private Places() {}

    /** Hosts to choose from and the pool the VM will draw from. */
    record Compute(ResourcePoolId resourcePoolId, List<Host> hosts) {
        List<HostId> hostIds() {
            return hosts.stream().map(Host::id).toList();
        }
    }

    static FolderId folder(InventorySnapshot snapshot, String reference) {
        if (reference.isEmpty()) {
            return only(snapshot, Datacenter.class, "datacenter", "folder").vmFolderId();
        }
        return switch (snapshot.resolve(reference)) {
            case Datacenter datacenter -> datacenter.vmFolderId();
            case Folder folder when folder.type() == FolderType.VIRTUAL_MACHINE -> folder.id();
            case ManagedObject other ->
                throw invalid("\"%s\" is no folder for VMs. Name one, such as /DC0/vm.".formatted(reference));
        };
    }

    static Compute compute(InventorySnapshot snapshot, String reference) {
        ManagedObject object =
                reference.isEmpty() ? only(snapshot, Cluster.class, "cluster", "compute") : snapshot.resolve(reference);
        return switch (object) {
            case Cluster cluster -> new Compute(cluster.rootResourcePoolId(), snapshot.hostsOf(cluster.id()));
            case Host host -> new Compute(poolOf(snapshot, host), List.of(host));
            case ResourcePool pool -> new Compute(pool.id(), hostsOf(snapshot, pool));
            case ManagedObject other ->
                throw invalid("\"%s\" is a %s. Name a cluster, a host or a resource pool."
                        .formatted(reference, other.kind().noun()));
        };
    }

    private static ResourcePoolId poolOf(InventorySnapshot snapshot, Host host) {
        return snapshot.clusterOf(host.id())
                .map(Cluster::rootResourcePoolId)
                .or(() -> snapshot.children(host.id()).stream()
                        .filter(ResourcePool.class::isInstance)
                        .map(pool -> ((ResourcePool) pool).id())
                        .findFirst())
                .orElseThrow(() -> invalid("Host " + host.name() + " is in no cluster. Name a cluster."));
    }

    private static List<Host> hostsOf(InventorySnapshot snapshot, ResourcePool pool) {
        return snapshot.ancestors(pool.id()).stream()
                .filter(above -> above instanceof Cluster || above instanceof Host)
                .findFirst()
                .map(above -> above instanceof Cluster cluster ? snapshot.hostsOf(cluster.id()) : List.of((Host) above))
                .orElse(List.of());
    }

    /** The datastore named, or the one that load balancing prefers for what the VM takes at once. */
    static Datastore datastore(InventorySnapshot snapshot, String reference, List<Host> hosts, VmConfig config) {
        if (!reference.isEmpty()) {
            Datastore named = snapshot.resolve(reference, Datastore.class);
            requireAccessible(named);
            return named;
        }
        Set<Datastore> seen = hosts.stream()
                .filter(Host::isConnected)
                .flatMap(host -> host.datastoreIds().stream())
                .map(snapshot::get)
                .collect(Collectors.toSet());
        List<DatastoreVerdict> ranked = DatastorePlanner.rank(bytesAtOnce(config), seen, hosts);
        if (ranked.isEmpty()) {
            throw new FaultException(
                    FaultCode.NO_SUITABLE_HOST,
                    "No connected host sees a datastore that can be used. Connect a host or mend its datastore.");
        }
        if (!ranked.getFirst().feasible()) {
            throw new FaultException(
                    FaultCode.NO_SUITABLE_HOST,
                    "No datastore will do: %s. Free space, mend one or name one yourself."
                            .formatted(ranked.stream()
                                    .map(each -> each.name() + " " + String.join(", ", each.obstacles()))
                                    .collect(Collectors.joining("; "))));
        }
        return snapshot.get(ranked.getFirst().datastoreId());
    }

    /** A thin disk takes nothing until the guest writes. */
    private static long bytesAtOnce(VmConfig config) {
        return config.disks().stream()
                .filter(disk -> disk.provisioning() != DiskProvisioning.THIN)
                .mapToLong(VirtualDisk::capacityBytes)
                .sum();
    }

    static void requireAccessible(Datastore datastore) {
        if (!datastore.accessible()) {
            throw new FaultException(
                    FaultCode.DATASTORE_INACCESSIBLE,
                    datastore.id().value(),
                    "No host can use datastore %s now. Mend it or choose another.".formatted(datastore.name()));
        }
    }

    /** The VM's name, or with a number behind it when a VM of another name lies there. */
    static String freeDirectory(InventorySnapshot snapshot, DatastoreId datastore, String name) {
        Set<String> taken = new HashSet<>();
        snapshot.vmsOn(datastore).stream().map(VirtualMachine::directory).forEach(taken::add);
        for (int i = 0; i < DIRECTORIES_TRIED_MAX; i++) {
            String directory = i == 0 ? name : name + "_" + i;
            if (!taken.contains(directory)) {
                return directory;
            }
        }
        throw new FaultException(
                FaultCode.NAME_TAKEN, "Every directory named like " + name + " is taken. Choose another name.");
    }

    private static <T extends ManagedObject> T only(
            InventorySnapshot snapshot, Class<T> type, String noun, String field) {
        List<T> all = snapshot.objects(type);
        if (all.size() == 1) {
            return all.getFirst();
        }
        throw invalid(
                all.isEmpty()
                        ? "There is no %s yet. Make one first.".formatted(noun)
                        : "There are %d %ss. Say which in \"%s\".".formatted(all.size(), noun, field));
    }

    private static FaultException invalid(String message) {
        return new FaultException(FaultCode.REQUEST_INVALID, message);
    }
}
