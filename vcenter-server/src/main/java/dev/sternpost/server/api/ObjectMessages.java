package dev.sternpost.server.api;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Datacenter;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.Network;
import dev.sternpost.inventory.ObjectKind;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.VirtualDisk;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualNic;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.proto.virtualmachine.v1.GuestInfo;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineConfig;
import dev.sternpost.server.baseline.CpuNeeds;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Managed objects as messages, seen in one snapshot. */
final class ObjectMessages {
    private final HostStreams streams;

    ObjectMessages(HostStreams streams) {
        this.streams = streams;
    }

    /** Any object. */
    dev.sternpost.proto.inventory.v1.ManagedObject any(InventorySnapshot snapshot, ManagedObject object) {
        var message = dev.sternpost.proto.inventory.v1.ManagedObject.newBuilder()
                .setId(object.id().value())
                .setKind(Enums.of(object.kind()))
                .setName(object.name())
                .setParentId(parentId(object))
                .setPath(snapshot.pathOf(object.id()))
                .setVersion(object.version());
        switch (object) {
            case Folder folder -> message.setFolder(folder(folder));
            case Datacenter datacenter -> message.setDatacenter(datacenter(datacenter));
            case Cluster cluster -> message.setCluster(cluster(snapshot, cluster));
            case Host host -> message.setHost(host(snapshot, host));
            case ResourcePool pool ->
                message.setResourcePool(dev.sternpost.proto.inventory.v1.ResourcePool.newBuilder()
                        .setOwnerId(pool.ownerId().value())
                        .setPool(Allocations.pool(snapshot, pool)));
            case VirtualMachine vm -> message.setVirtualMachine(vm(snapshot, vm));
            case Datastore datastore -> message.setDatastore(datastore(snapshot, datastore));
            case Network network -> message.setNetwork(network(snapshot, network));
        }
        return message.build();
    }

    /** An object that is no more: its id and kind. */
    dev.sternpost.proto.inventory.v1.ManagedObject removed(ManagedObjectId id) {
        return dev.sternpost.proto.inventory.v1.ManagedObject.newBuilder()
                .setId(id.value())
                .setKind(Enums.of(id.kind()))
                .build();
    }

    private static dev.sternpost.proto.inventory.v1.Folder folder(Folder folder) {
        var message = dev.sternpost.proto.inventory.v1.Folder.newBuilder();
        for (ObjectKind kind : ObjectKind.values()) {
            if (folder.id().type().holds(kind)) {
                message.addChildKinds(Enums.of(kind));
            }
        }
        return message.build();
    }

    private static dev.sternpost.proto.inventory.v1.Datacenter datacenter(Datacenter datacenter) {
        return dev.sternpost.proto.inventory.v1.Datacenter.newBuilder()
                .setVmFolderId(datacenter.vmFolderId().value())
                .setHostFolderId(datacenter.hostFolderId().value())
                .setDatastoreFolderId(datacenter.datastoreFolderId().value())
                .setNetworkFolderId(datacenter.networkFolderId().value())
                .build();
    }

    dev.sternpost.proto.cluster.v1.Cluster cluster(InventorySnapshot snapshot, Cluster cluster) {
        List<Host> hosts = snapshot.hostsOf(cluster.id());
        var message = dev.sternpost.proto.cluster.v1.Cluster.newBuilder()
                .setId(cluster.id().value())
                .setName(cluster.name())
                .setParentId(cluster.parentId().value())
                .setPath(snapshot.pathOf(cluster.id()))
                .setVersion(cluster.version())
                .addAllHostIds(ids(hosts))
                .setRootResourcePoolId(cluster.rootResourcePoolId().value())
                .setStatus(Enums.of(worst(hosts)));
        int vmCount = 0;
        long cpuMhz = 0;
        long memoryBytes = 0;
        for (Host host : hosts) {
            vmCount += snapshot.vmsOn(host.id()).size();
            HostFacts facts = host.facts();
            if (host.isConnected() && facts != null) {
                cpuMhz += (long) facts.cpuCount() * facts.cpuMhz();
                memoryBytes += facts.memoryBytes();
            }
        }
        return message.setVmCount(vmCount)
                .setDrs(ClusterMessages.drs(snapshot, cluster.drs()))
                .setCpuBaseline(CpuBaselineMessages.of(snapshot, cluster))
                .setRuleCount(cluster.rules().vmRules().size()
                        + cluster.rules().vmHostRules().size())
                .setTotalCpuMhz(cpuMhz)
                .setTotalMemoryBytes(memoryBytes)
                .build();
    }

    /** Red before yellow before gray before green; an empty cluster is green. */
    private static OverallStatus worst(Collection<Host> hosts) {
        List<OverallStatus> order =
                List.of(OverallStatus.RED, OverallStatus.YELLOW, OverallStatus.GRAY, OverallStatus.GREEN);
        return hosts.stream()
                .map(Host::status)
                .min(Comparator.comparingInt(order::indexOf))
                .orElse(OverallStatus.GREEN);
    }

    dev.sternpost.proto.host.v1.Host host(InventorySnapshot snapshot, Host host) {
        var message = dev.sternpost.proto.host.v1.Host.newBuilder()
                .setId(host.id().value())
                .setName(host.name())
                .setParentId(host.parentId().value())
                .setPath(snapshot.pathOf(host.id()))
                .setVersion(host.version())
                .setConnectionState(Enums.of(host.connectionState()))
                .setInMaintenance(host.inMaintenance())
                .setMode(Enums.of(host.mode()))
                .setIncarnation(host.incarnation())
                .setVmCount(snapshot.vmsOn(host.id()).size())
                .setStatus(Enums.of(host.status()));
        host.datastoreIds().forEach(id -> message.addDatastoreIds(id.value()));
        host.networkIds().forEach(id -> message.addNetworkIds(id.value()));
        HostFacts facts = host.facts();
        if (facts != null) {
            message.setCpuModel(facts.cpuModel())
                    .setCpuCount(facts.cpuCount())
                    .setCpuMhz(facts.cpuMhz())
                    .setMemoryBytes(facts.memoryBytes())
                    .setAccelerator(Enums.of(facts.accelerator()))
                    .setAcceleratorReason(facts.acceleratorReason())
                    .setQemuVersion(facts.qemuVersion())
                    .setAgentVersion(facts.agentVersion())
                    .setRelayAddress(facts.relayAddress())
                    .addAllNotices(facts.notices());
        }
        Instant lastSeen = host.lastSeen();
        Optional<HostStreams.Beat> beat = streams.last(host.id());
        beat.ifPresent(
                last -> message.setLastSeenTime(Times.of(last.time())).setMemoryFreeBytes(last.memoryFreeBytes()));
        if (beat.isEmpty() && lastSeen != null) {
            message.setLastSeenTime(Times.of(lastSeen));
        }
        return message.build();
    }

    dev.sternpost.proto.virtualmachine.v1.VirtualMachine vm(InventorySnapshot snapshot, VirtualMachine vm) {
        var message = dev.sternpost.proto.virtualmachine.v1.VirtualMachine.newBuilder()
                .setId(vm.id().value())
                .setName(vm.name())
                .setParentId(vm.parentId().value())
                .setPath(snapshot.pathOf(vm.id()))
                .setVersion(vm.version())
                .setUuid(vm.uuid().toString())
                .setConfig(config(vm.config()))
                .setPowerState(Enums.of(vm.powerState()))
                .setHostId(vm.hostId().value())
                .setHostName(snapshot.find(vm.hostId()).map(Host::name).orElse(""))
                .setResourcePoolId(vm.resourcePoolId().value())
                .setDatastoreId(vm.datastoreId().value())
                .setDirectory(vm.directory())
                .setGuest(GuestInfo.newBuilder()
                        .setToolsState(Enums.of(vm.guest().toolsState()))
                        .setHostName(vm.guest().hostName())
                        .setOsName(vm.guest().osName())
                        .addAllIpAddresses(vm.guest().ipAddresses()))
                .setGeneration(vm.generation())
                .setTemplate(vm.template())
                .setStatus(Enums.of(vm.status()))
                .setStatusReason(vm.statusReason())
                .setVncAddress(vm.runtime().vncAddress())
                .setMachineType(vm.runtime().hardware().machineType())
                .setCpuModel(vm.runtime().hardware().cpuModel())
                .setEffectiveCpuBaseline(CpuBaselineMessages.levelName(snapshot, vm))
                .setWaitsForCpuBaseline(CpuNeeds.waits(snapshot, vm));
        Instant bootTime = vm.runtime().bootTime();
        if (bootTime != null) {
            message.setBootTime(Times.of(bootTime));
        }
        return message.build();
    }

    private static VirtualMachineConfig config(VmConfig config) {
        var message = VirtualMachineConfig.newBuilder()
                .setCpuCount(config.cpuCount())
                .setMemoryBytes(config.memoryBytes())
                .setFirmware(Enums.of(config.firmware()))
                .setAnnotation(config.annotation())
                .setMaxDowntimeMs(config.maxDowntimeMillis())
                .setCpuBaseline(config.cpuBaseline())
                .setCpuAllocation(Allocations.of(
                        config.cpuAllocation(), config.cpuAllocation().cpuSharesOf(config)))
                .setMemoryAllocation(Allocations.of(
                        config.memoryAllocation(), config.memoryAllocation().memorySharesOf(config)));
        for (VirtualDisk disk : config.disks()) {
            message.addDisksBuilder()
                    .setLabel(disk.label())
                    .setCapacityBytes(disk.capacityBytes())
                    .setProvisioning(Enums.of(disk.provisioning()))
                    .setFileName(disk.fileName())
                    .setAllocatedBytes(disk.allocatedBytes());
        }
        for (VirtualNic nic : config.nics()) {
            message.addNicsBuilder()
                    .setLabel(nic.label())
                    .setNetworkId(nic.networkId().value())
                    .setMacAddress(nic.macAddress());
        }
        return message.build();
    }

    dev.sternpost.proto.datastore.v1.Datastore datastore(InventorySnapshot snapshot, Datastore datastore) {
        return dev.sternpost.proto.datastore.v1.Datastore.newBuilder()
                .setId(datastore.id().value())
                .setName(datastore.name())
                .setParentId(datastore.parentId().value())
                .setPath(snapshot.pathOf(datastore.id()))
                .setVersion(datastore.version())
                .setUuid(datastore.uuid().toString())
                .setCapacityBytes(datastore.capacityBytes())
                .setFreeBytes(datastore.freeBytes())
                .setAccessible(datastore.accessible())
                .addAllHostIds(ids(snapshot.hostsWith(datastore.id())))
                .setStatus(Enums.of(datastore.accessible() ? OverallStatus.GREEN : OverallStatus.RED))
                .build();
    }

    dev.sternpost.proto.network.v1.Network network(InventorySnapshot snapshot, Network network) {
        List<Host> hosts = snapshot.hostsWith(network.id());
        return dev.sternpost.proto.network.v1.Network.newBuilder()
                .setId(network.id().value())
                .setName(network.name())
                .setParentId(network.parentId().value())
                .setPath(snapshot.pathOf(network.id()))
                .setVersion(network.version())
                .setKind(Enums.of(network.networkKind()))
                .addAllHostIds(ids(hosts))
                .setStatus(Enums.of(hosts.isEmpty() ? OverallStatus.YELLOW : OverallStatus.GREEN))
                .build();
    }

    private static List<String> ids(Collection<? extends ManagedObject> objects) {
        return objects.stream().map(object -> object.id().value()).toList();
    }

    private static String parentId(ManagedObject object) {
        ManagedObjectId parentId = object.parentId();
        return parentId == null ? "" : parentId.value();
    }
}
