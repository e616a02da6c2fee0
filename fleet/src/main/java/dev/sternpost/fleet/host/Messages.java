package dev.sternpost.fleet.host;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.fault.FaultKind;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.CpuModelFacts;
import dev.sternpost.proto.agent.v1.DatastoreFacts;
import dev.sternpost.proto.agent.v1.HostFacts;
import dev.sternpost.proto.agent.v1.NetworkFacts;
import dev.sternpost.proto.agent.v1.VmStatus;
import dev.sternpost.proto.type.v1.Fault;

/** What a simulated host says, in the words of the agent protocol. */
final class Messages {
    static final String ACCELERATOR = "simulated";
    static final String NETWORK = "VM Network";
    static final String CPU_MODEL = "Nehalem";
    static final String MACHINE_TYPE = "pc-q35-10.0";
    static final String QEMU_VERSION = "10.0.0";

    /** A guest's agent is up this long after the power is on. */
    static final long GUEST_BOOT_MILLIS = 8_000;

    private Messages() {}

    static HostFacts facts(HostShape shape, String hostName, boolean full) {
        HostFacts.Builder facts = HostFacts.newBuilder()
                .setCpuModel("Simulated CPU at %.1f GHz".formatted(shape.cpuMhz() / 1000.0))
                .setCpuCount(shape.cpuCount())
                .setCpuMhz(shape.cpuMhz())
                .setMemoryBytes(shape.memoryBytes())
                .setAccelerator(ACCELERATOR)
                .setAcceleratorReason("This host is simulated: nothing runs on it.")
                .setQemuVersion(QEMU_VERSION)
                .setRelayAddress("simulated:" + hostName)
                .addMachineTypes(MACHINE_TYPE)
                .addCpuModels(CpuModelFacts.newBuilder().setModel(CPU_MODEL))
                .addNetworks(NetworkFacts.newBuilder().setName(NETWORK).setKind("bridged"));
        for (String datastore : shape.datastores()) {
            facts.addDatastores(DatastoreFacts.newBuilder()
                    .setUuid(HostShape.uuidOf(datastore))
                    .setName(datastore)
                    .setCapacityBytes(HostShape.DATASTORE_BYTES)
                    .setFreeBytes(full ? 0 : HostShape.DATASTORE_BYTES / 4 * 3)
                    .setAccessible(true));
        }
        return facts.build();
    }

    static VmStatus status(HostedVm vm, long nowEpochMillis, Latency latency) {
        Lock lock = vm.files().lock();
        boolean runs = vm.isOn();
        boolean up = runs && nowEpochMillis - vm.bootEpochMillis >= latency.scaled(GUEST_BOOT_MILLIS);
        VmStatus.Builder status = VmStatus.newBuilder()
                .setVmId(vm.vmId())
                .setGeneration(vm.generation)
                .setPowerState(vm.state.word())
                .setRunning(runs)
                .setGuestTools(up ? "running" : runs ? "notRunning" : "unknown")
                .setBootTimeEpochMs(runs ? vm.bootEpochMillis : 0)
                .setLockOwner(lock == null ? "" : lock.hostId() + "@" + lock.generation());
        if (runs) {
            status.setMachineType(MACHINE_TYPE).setCpuModel(CPU_MODEL);
        }
        if (up) {
            status.setGuestHostName(vm.files().spec().getName())
                    .setGuestOsName("Simulated Linux")
                    .addIpAddresses(address(vm.vmId()));
        }
        return status.build();
    }

    /** One of 10.64.0.0/10, by the number in the id. */
    private static String address(String vmId) {
        int number = vmId.hashCode();
        int dash = vmId.lastIndexOf('-');
        try {
            number = Integer.parseInt(vmId.substring(dash + 1));
        } catch (NumberFormatException e) {
            // The hash does as well.
        }
        return "10.%d.%d.%d".formatted(64 + (number >>> 16 & 63), number >>> 8 & 255, number & 255);
    }

    static ConnectRequest status(VmStatus status) {
        return ConnectRequest.newBuilder().setVmStatus(status).build();
    }

    static ConnectRequest result(CommandResult result) {
        return ConnectRequest.newBuilder().setCommandResult(result).build();
    }

    static Fault fault(FaultException e) {
        FaultCode code = e.code();
        String subject = e.fault().subjectId();
        return Fault.newBuilder()
                .setCode(code.name())
                .setNumber(code.number())
                .setKind(kind(e.fault().kind()))
                .setMessage(e.fault().message())
                .setSubjectId(subject == null ? "" : subject)
                .build();
    }

    private static dev.sternpost.proto.type.v1.FaultKind kind(FaultKind kind) {
        return dev.sternpost.proto.type.v1.FaultKind.valueOf("FAULT_KIND_" + kind.name());
    }
}
