package dev.sternpost.inventory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small datacenter for tests: /DC0 with cluster "prod" of three hosts, one datastore, one network, and as many virtual
 * machines as wanted. The objects are uncommitted (version 0) and in an order in which a store takes them.
 */
public final class SampleInventory {
    public final Datacenter datacenter;
    public final Cluster cluster;
    public final ResourcePool rootPool;
    public final Datastore datastore;
    public final Network network;
    public final List<Host> hosts;

    private final List<ManagedObject> objects = new ArrayList<>();
    private final AtomicLong idNumbers;

    /** Takes its ids from 1001 on. */
    public SampleInventory() {
        this(new AtomicLong(ObjectName.ID_NUMBER_MIN));
    }

    /** Takes its ids from the given counter. */
    public SampleInventory(AtomicLong idNumbers) {
        this(idNumbers, "DC0");
    }

    /** Takes its ids from the given counter. */
    public SampleInventory(AtomicLong idNumbers, String datacenterName) {
        this.idNumbers = idNumbers;
        List<ManagedObject> dc = InventoryTree.datacenter(FolderId.ROOT, datacenterName, idNumbers::getAndIncrement);
        datacenter = (Datacenter) dc.getFirst();
        List<ManagedObject> prod = InventoryTree.cluster(datacenter.hostFolderId(), "prod", idNumbers::getAndIncrement);
        cluster = (Cluster) prod.getFirst();
        rootPool = (ResourcePool) prod.get(1);
        datastore = new Datastore(
                DatastoreId.of(idNumbers.getAndIncrement()),
                "shared1",
                datacenter.datastoreFolderId(),
                0,
                uuid(idNumbers.get()),
                1L << 40,
                1L << 39,
                true);
        network = new Network(
                NetworkId.of(idNumbers.getAndIncrement()),
                "vm-network",
                datacenter.networkFolderId(),
                0,
                NetworkKind.BRIDGED);
        hosts = List.of(host("host-1"), host("host-2"), host("host-3"));
        objects.addAll(dc);
        objects.addAll(prod);
        objects.add(datastore);
        objects.add(network);
        objects.addAll(hosts);
    }

    /** All objects so far, parents before children. */
    public List<ManagedObject> objects() {
        return List.copyOf(objects);
    }

    /** The objects so far in a snapshot, with the root folder, all at version 1. */
    public InventorySnapshot snapshot() {
        List<ManagedObject> committed = new ArrayList<>(List.of(Folder.ROOT));
        objects.forEach(object -> committed.add(object.withVersion(1)));
        return InventorySnapshot.of(1, committed);
    }

    /** Adds a folder of virtual machines. */
    public Folder addFolder(ManagedObjectId parentId, String name) {
        Folder folder =
                Folder.create(FolderId.of(FolderType.VIRTUAL_MACHINE, idNumbers.getAndIncrement()), name, parentId);
        objects.add(folder);
        return folder;
    }

    /** Adds a virtual machine that is off. */
    public VirtualMachine addVm(String name, FolderId folderId, Host host) {
        VirtualMachine vm = vm(name, folderId, host);
        objects.add(vm);
        return vm;
    }

    /** Makes a virtual machine that is off, without adding it. */
    public VirtualMachine vm(String name, FolderId folderId, Host host) {
        long number = idNumbers.getAndIncrement();
        VmConfig config = new VmConfig(
                2,
                512L << 20,
                Firmware.BIOS,
                List.of(new VirtualDisk("disk0", 1L << 30, DiskProvisioning.THIN, "disk0.qcow2", 0)),
                List.of(new VirtualNic("nic0", network.id(), "52:54:00:00:00:01")),
                "");
        return new VirtualMachine(
                VirtualMachineId.of(number),
                name,
                folderId,
                0,
                uuid(number),
                config,
                false,
                host.id(),
                rootPool.id(),
                datastore.id(),
                name,
                name,
                1,
                VmRuntime.OFF,
                OverallStatus.GREEN,
                "");
    }

    private Host host(String name) {
        HostFacts facts = new HostFacts(
                "Test CPU",
                8,
                2_400,
                32L << 30,
                Accelerator.TCG,
                "no /dev/kvm",
                "7.2.0",
                "0.1.0",
                "127.0.1.1:7450",
                List.of());
        return Host.create(HostId.of(idNumbers.getAndIncrement()), name, cluster.id())
                .withConnection(HostConnectionState.CONNECTED, 1, Instant.parse("2026-01-01T00:00:00Z"))
                .withReport(facts, List.of(datastore.id()), List.of(network.id()));
    }

    private static UUID uuid(long number) {
        return new UUID(0x1234_0000_0000_4000L, 0x8000_0000_0000_0000L | number);
    }
}
