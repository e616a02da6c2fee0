package dev.sternpost.sdk.fake;

import com.google.protobuf.Timestamp;
import dev.sternpost.proto.cluster.v1.Cluster;
import dev.sternpost.proto.datastore.v1.Datastore;
import dev.sternpost.proto.event.v1.Event;
import dev.sternpost.proto.event.v1.EventSeverity;
import dev.sternpost.proto.host.v1.Accelerator;
import dev.sternpost.proto.host.v1.Host;
import dev.sternpost.proto.host.v1.HostConnectionState;
import dev.sternpost.proto.inventory.v1.Datacenter;
import dev.sternpost.proto.inventory.v1.Folder;
import dev.sternpost.proto.inventory.v1.InventoryChange;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import dev.sternpost.proto.inventory.v1.ResourcePool;
import dev.sternpost.proto.network.v1.Network;
import dev.sternpost.proto.network.v1.NetworkKind;
import dev.sternpost.proto.type.v1.OverallStatus;
import dev.sternpost.proto.virtualmachine.v1.DiskProvisioning;
import dev.sternpost.proto.virtualmachine.v1.Firmware;
import dev.sternpost.proto.virtualmachine.v1.PowerState;
import dev.sternpost.proto.virtualmachine.v1.VirtualDisk;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineConfig;
import dev.sternpost.proto.virtualmachine.v1.VirtualNic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One datacenter with a cluster of three hosts, a shared datastore, a network and a template. Its clock goes on by a
 * second with each event, so that the same calls give the same answers.
 */
public final class FakeDatacenter {
    /** When the datacenter began. */
    public static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    static final String CLUSTER = "domain-c7";
    static final String POOL = "resgroup-8";
    static final String DATASTORE = "datastore-15";
    static final String NETWORK = "network-16";
    static final String VM_FOLDER = "group-v3";
    static final String HOST_FOLDER = "group-h4";
    private static final long GIB = 1L << 30;

    private final Map<String, ManagedObject> objects = new LinkedHashMap<>();
    private final List<Event> events = new ArrayList<>();
    private final List<List<InventoryChange>> commits = new ArrayList<>();
    private final FakeTasks tasks = new FakeTasks(this);
    private Instant now = EPOCH;
    private int nextId = 20;
    private int cursorOldest;

    FakeDatacenter() {
        folder("group-d1", "Datacenters", "", ObjectKind.OBJECT_KIND_DATACENTER);
        put(base("datacenter-2", ObjectKind.OBJECT_KIND_DATACENTER, "DC0", "group-d1")
                .setDatacenter(Datacenter.newBuilder()
                        .setVmFolderId(VM_FOLDER)
                        .setHostFolderId(HOST_FOLDER)
                        .setDatastoreFolderId("group-s5")
                        .setNetworkFolderId("group-n6")));
        folder(VM_FOLDER, "vm", "datacenter-2", ObjectKind.OBJECT_KIND_VIRTUAL_MACHINE);
        folder(HOST_FOLDER, "host", "datacenter-2", ObjectKind.OBJECT_KIND_HOST);
        folder("group-s5", "datastore", "datacenter-2", ObjectKind.OBJECT_KIND_DATASTORE);
        folder("group-n6", "network", "datacenter-2", ObjectKind.OBJECT_KIND_NETWORK);
        put(base(CLUSTER, ObjectKind.OBJECT_KIND_CLUSTER, "cluster-1", HOST_FOLDER)
                .setCluster(cluster(CLUSTER, "cluster-1", HOST_FOLDER)));
        put(base(POOL, ObjectKind.OBJECT_KIND_RESOURCE_POOL, "Resources", CLUSTER)
                .setResourcePool(ResourcePool.newBuilder().setOwnerId(CLUSTER)));
        for (int n = 1; n <= 3; n++) {
            String id = "host-" + (11 + n);
            put(base(id, ObjectKind.OBJECT_KIND_HOST, "host-" + n, CLUSTER).setHost(host(id, "host-" + n)));
        }
        put(base(DATASTORE, ObjectKind.OBJECT_KIND_DATASTORE, "shared1", "group-s5")
                .setDatastore(Datastore.newBuilder()
                        .setId(DATASTORE)
                        .setName("shared1")
                        .setParentId("group-s5")
                        .setPath("/DC0/datastore/shared1")
                        .setUuid("aaaaaaaa-0000-0000-0000-000000000001")
                        .setCapacityBytes(100 * GIB)
                        .setFreeBytes(60 * GIB)
                        .setAccessible(true)
                        .addAllHostIds(List.of("host-12", "host-13", "host-14"))
                        .setStatus(OverallStatus.OVERALL_STATUS_GREEN)));
        put(base(NETWORK, ObjectKind.OBJECT_KIND_NETWORK, "vm-network", "group-n6")
                .setNetwork(network(NetworkKind.NETWORK_KIND_BRIDGED)));
        putVm(template());
        commits.clear();
    }

    private static Cluster.Builder cluster(String id, String name, String parent) {
        return Cluster.newBuilder()
                .setId(id)
                .setName(name)
                .setParentId(parent)
                .setPath("/DC0/host/" + name)
                .addAllHostIds(List.of("host-12", "host-13", "host-14"))
                .setRootResourcePoolId(POOL)
                .setTotalCpuMhz(12_000)
                .setTotalMemoryBytes(24 * GIB)
                .setVmCount(1)
                .setStatus(OverallStatus.OVERALL_STATUS_GREEN);
    }

    static Host.Builder host(String id, String name) {
        return Host.newBuilder()
                .setId(id)
                .setName(name)
                .setParentId(CLUSTER)
                .setPath("/DC0/host/cluster-1/" + name)
                .setVersion(1)
                .setConnectionState(HostConnectionState.HOST_CONNECTION_STATE_CONNECTED)
                .setCpuModel("Example CPU")
                .setCpuCount(2)
                .setCpuMhz(2_000)
                .setMemoryBytes(8 * GIB)
                .setMemoryFreeBytes(6 * GIB)
                .setAccelerator(Accelerator.ACCELERATOR_TCG)
                .setAcceleratorReason("no /dev/kvm")
                .setQemuVersion("7.2.0")
                .setAgentVersion("0.1.0")
                .addDatastoreIds(DATASTORE)
                .addNetworkIds(NETWORK)
                .setIncarnation(1)
                .setLastSeenTime(timestamp(EPOCH))
                .setStatus(OverallStatus.OVERALL_STATUS_GREEN)
                .setRelayAddress("127.0.1." + name.charAt(name.length() - 1) + ":7450");
    }

    private static Network.Builder network(NetworkKind kind) {
        return Network.newBuilder()
                .setId(NETWORK)
                .setName("vm-network")
                .setParentId("group-n6")
                .setPath("/DC0/network/vm-network")
                .setKind(kind)
                .addAllHostIds(List.of("host-12", "host-13", "host-14"))
                .setStatus(OverallStatus.OVERALL_STATUS_GREEN);
    }

    private static VirtualMachine template() {
        return VirtualMachine.newBuilder()
                .setId("vm-17")
                .setName("linux-guest")
                .setParentId(VM_FOLDER)
                .setPath("/DC0/vm/linux-guest")
                .setVersion(1)
                .setUuid("bbbbbbbb-0000-0000-0000-000000000017")
                .setConfig(VirtualMachineConfig.newBuilder()
                        .setCpuCount(1)
                        .setMemoryBytes(128L << 20)
                        .setFirmware(Firmware.FIRMWARE_BIOS)
                        .addDisks(VirtualDisk.newBuilder()
                                .setLabel("disk0")
                                .setCapacityBytes(256L << 20)
                                .setProvisioning(DiskProvisioning.DISK_PROVISIONING_THIN)
                                .setFileName("linux-guest.qcow2")
                                .setAllocatedBytes(30L << 20))
                        .addNics(VirtualNic.newBuilder()
                                .setLabel("nic0")
                                .setNetworkId(NETWORK)
                                .setMacAddress("00:50:56:00:00:11")))
                .setPowerState(PowerState.POWER_STATE_POWERED_OFF)
                .setHostId("host-12")
                .setHostName("host-1")
                .setResourcePoolId(POOL)
                .setDatastoreId(DATASTORE)
                .setDirectory("linux-guest")
                .setTemplate(true)
                .setStatus(OverallStatus.OVERALL_STATUS_GREEN)
                .build();
    }

    /** Makes the network one on which VMs cannot reach each other. */
    public synchronized void useUserModeNetwork() {
        ManagedObject old = object(NETWORK);
        put(old.toBuilder().setNetwork(network(NetworkKind.NETWORK_KIND_USER_MODE)));
    }

    /** The tasks. */
    public FakeTasks tasks() {
        return tasks;
    }

    /** Forgets the changes up to now, so that older cursors are expired. */
    public synchronized void expireCursors() {
        cursorOldest = commits.size();
    }

    private void folder(String id, String name, String parent, ObjectKind holds) {
        put(base(id, ObjectKind.OBJECT_KIND_FOLDER, name, parent)
                .setFolder(Folder.newBuilder()
                        .addChildKinds(ObjectKind.OBJECT_KIND_FOLDER)
                        .addChildKinds(holds)));
    }

    ManagedObject.Builder base(String id, ObjectKind kind, String name, String parent) {
        return ManagedObject.newBuilder()
                .setId(id)
                .setKind(kind)
                .setName(name)
                .setParentId(parent)
                .setPath(parent.isEmpty() ? "/" : childPath(parent, name));
    }

    private String childPath(String parent, String name) {
        String path = object(parent).getPath();
        return path.equals("/") ? "/" + name : path + "/" + name;
    }

    synchronized String newId(String prefix) {
        return prefix + nextId++;
    }

    synchronized void put(ManagedObject.Builder object) {
        ManagedObject old = objects.get(object.getId());
        ManagedObject made =
                object.setVersion(old == null ? 1 : old.getVersion() + 1).build();
        objects.put(made.getId(), made);
        commit(InventoryChange.newBuilder().setObject(made).build());
    }

    synchronized void remove(String id) {
        ManagedObject old = object(id);
        objects.remove(id);
        commit(InventoryChange.newBuilder()
                .setRemoved(true)
                .setObject(ManagedObject.newBuilder().setId(id).setKind(old.getKind()))
                .build());
    }

    private void commit(InventoryChange change) {
        commits.add(List.of(change));
        notifyAll();
    }

    synchronized void putVm(VirtualMachine vm) {
        put(base(vm.getId(), ObjectKind.OBJECT_KIND_VIRTUAL_MACHINE, vm.getName(), vm.getParentId())
                .setVirtualMachine(vm));
    }

    synchronized void changeVm(String id, UnaryOperator<VirtualMachine.Builder> change) {
        VirtualMachine old = object(id).getVirtualMachine();
        putVm(change.apply(old.toBuilder()).setVersion(old.getVersion() + 1).build());
    }

    /** The object with this id. */
    public synchronized ManagedObject object(String id) {
        return Optional.ofNullable(objects.get(id)).orElseThrow(() -> FakeFaults.notFound(id));
    }

    /** All objects, in the order in which they were made. */
    public synchronized List<ManagedObject> objects() {
        return List.copyOf(objects.values());
    }

    /** Resolves an id, path or unique name as the real server does. */
    synchronized ManagedObject resolve(String reference, ObjectKind... kinds) {
        Collection<ObjectKind> wanted = List.of(kinds);
        List<ManagedObject> found = objects.values().stream()
                .filter(object -> wanted.isEmpty() || wanted.contains(object.getKind()))
                .filter(object -> object.getId().equals(reference)
                        || object.getPath().equals(reference)
                        || object.getName().equals(reference))
                .toList();
        if (found.isEmpty()) {
            throw FakeFaults.notFound(reference);
        }
        if (found.size() > 1) {
            throw FakeFaults.caller(
                    "NAME_AMBIGUOUS",
                    101,
                    "\"%s\" could be %s; use a path"
                            .formatted(
                                    reference,
                                    String.join(
                                            " or ",
                                            found.stream()
                                                    .map(ManagedObject::getPath)
                                                    .toList())));
        }
        return found.getFirst();
    }

    synchronized void nameMustBeFree(String parent, String name) {
        if (objects.values().stream()
                .anyMatch(object ->
                        object.getParentId().equals(parent) && object.getName().equals(name))) {
            throw FakeFaults.conflict(
                    "NAME_TAKEN", 102, "there is already a \"%s\" there; choose another name".formatted(name), "");
        }
    }

    /** Records an event and moves the clock on. */
    public synchronized void event(String type, ManagedObject subject, String taskId, String message) {
        events.add(Event.newBuilder()
                .setSequence(events.size() + 1L)
                .setType(type)
                .setSeverity(EventSeverity.EVENT_SEVERITY_INFO)
                .setCreateTime(tick())
                .setSubjectId(subject.getId())
                .setSubjectName(subject.getName())
                .setUserName(FakeServer.USER)
                .setTaskId(taskId)
                .setMessage(message)
                .build());
        notifyAll();
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    synchronized Timestamp tick() {
        now = now.plusSeconds(1);
        return timestamp(now);
    }

    synchronized Timestamp time() {
        return timestamp(now);
    }

    synchronized String cursor() {
        return "cursor-" + commits.size();
    }

    /** The commits after a cursor. */
    synchronized List<List<InventoryChange>> after(String cursor) {
        int from = Integer.parseInt(cursor.substring("cursor-".length()));
        if (from < cursorOldest) {
            throw FakeFaults.caller("CURSOR_EXPIRED", 500, "the cursor is too old; list again and watch from there");
        }
        return List.copyOf(commits.subList(from, commits.size()));
    }

    /** Waits a little for anything to happen. */
    synchronized void awaitChange() throws InterruptedException {
        wait(20);
    }

    synchronized void changed() {
        notifyAll();
    }

    static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
