package dev.sternpost.server.api;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.virtualmachine.v1.CheckMigrationRequest;
import dev.sternpost.proto.virtualmachine.v1.CreateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.MigrateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.MigrateVirtualMachinesRequest;
import dev.sternpost.proto.virtualmachine.v1.ReconfigureVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.RegisterVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineConfig;
import dev.sternpost.server.migration.ManyMoves;
import dev.sternpost.server.migration.MigrationRequest;
import dev.sternpost.server.migration.StorageMoveRequest;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.virtualmachine.ReconfigureRequest;
import dev.sternpost.server.virtualmachine.RegisterRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Requests about virtual machines, from messages to the domain. What they ask for is checked there. */
final class VmRequests {
    private VmRequests() {}

    static CreateRequest create(CreateVirtualMachineRequest request) {
        return new CreateRequest(
                request.getName(),
                request.getFolder(),
                request.getCompute(),
                request.getDatastore(),
                request.getTemplate(),
                wish(request.getConfig()),
                request.getPowerOn());
    }

    static RegisterRequest register(RegisterVirtualMachineRequest request) {
        return new RegisterRequest(
                request.getDatastore(),
                request.getDirectory(),
                request.getFolder(),
                request.getCompute(),
                request.getName(),
                request.getTemplate());
    }

    static ReconfigureRequest reconfigure(ReconfigureVirtualMachineRequest request) {
        return new ReconfigureRequest(
                request.getVm(),
                request.getEtag(),
                wish(request.getConfig()),
                request.getRemoveLabelsList(),
                request.getResourcePool());
    }

    /**
     * Less would take hours for the smallest guest, which dirties its memory faster than that while it idles.
     */
    private static final long BANDWIDTH_LIMIT_BYTES_PER_SECOND_MIN = 1L << 20;

    /** @throws FaultException REQUEST_INVALID when the bandwidth is too little to ever end */
    static MigrationRequest migrate(MigrateVirtualMachineRequest request) {
        return new MigrationRequest(
                request.getVm(),
                request.getHost(),
                request.getDowntimeLimitMs(),
                bandwidth(request.getBandwidthLimitBytesPerSecond()),
                request.getDatastore(),
                provisioning(request.getDiskProvisioning()));
    }

    /** @throws FaultException REQUEST_INVALID when the bandwidth is too little to ever end */
    static ManyMoves.Request migrateMany(MigrateVirtualMachinesRequest request) {
        return new ManyMoves.Request(
                request.getVmsList(),
                request.getOffHost(),
                request.getHost(),
                request.getDatastore(),
                provisioning(request.getDiskProvisioning()),
                request.getDowntimeLimitMs(),
                bandwidth(request.getBandwidthLimitBytesPerSecond()));
    }

    /**
     * Whether the VM is to have its files on another datastore, and not to go to another host.
     *
     * @throws FaultException REQUEST_INVALID when a kind of disks is asked for without a datastore
     */
    static boolean movesStorage(MigrateVirtualMachineRequest request) {
        boolean storage = !request.getDatastore().isEmpty();
        if (!storage && provisioning(request.getDiskProvisioning()) != null) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    "Disks are set aside in another way when they move to another datastore. Name that datastore.");
        }
        return storage && request.getHost().isEmpty();
    }

    /** @throws FaultException REQUEST_INVALID when the bandwidth is too little to ever end */
    static StorageMoveRequest moveStorage(MigrateVirtualMachineRequest request) {
        return new StorageMoveRequest(
                request.getVm(),
                request.getDatastore(),
                provisioning(request.getDiskProvisioning()),
                bandwidth(request.getBandwidthLimitBytesPerSecond()));
    }

    /** @throws FaultException REQUEST_INVALID when the bandwidth is too little to ever end */
    static MigrationRequest check(CheckMigrationRequest request) {
        return new MigrationRequest(
                request.getVm(),
                request.getHost(),
                request.getDowntimeLimitMs(),
                bandwidth(request.getBandwidthLimitBytesPerSecond()),
                request.getDatastore(),
                null);
    }

    private static long bandwidth(long bytesPerSecond) {
        if (bytesPerSecond > 0 && bytesPerSecond < BANDWIDTH_LIMIT_BYTES_PER_SECOND_MIN) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    "bandwidth_limit_bytes_per_second is 0 (for none) or at least %d (1 MiB/s); %d would never move a running guest."
                            .formatted(BANDWIDTH_LIMIT_BYTES_PER_SECOND_MIN, bytesPerSecond));
        }
        return bytesPerSecond;
    }

    /** @throws FaultException REQUEST_INVALID when it is negative */
    static Duration timeout(long millis) {
        if (millis < 0) {
            throw new FaultException(FaultCode.REQUEST_INVALID, "timeout_ms must not be negative.");
        }
        return Duration.ofMillis(millis);
    }

    private static ConfigWish wish(VirtualMachineConfig config) {
        return new ConfigWish(
                config.getCpuCount(),
                config.getMemoryBytes(),
                firmware(config.getFirmware()),
                config.getDisksList().stream()
                        .map(disk -> new ConfigWish.Disk(
                                disk.getLabel(), disk.getCapacityBytes(), provisioning(disk.getProvisioning())))
                        .toList(),
                config.getNicsList().stream()
                        .map(nic -> new ConfigWish.Nic(nic.getLabel(), nic.getNetworkId(), nic.getMacAddress()))
                        .toList(),
                config.getAnnotation(),
                Allocations.wish(config.getCpuAllocation()),
                Allocations.wish(config.getMemoryAllocation()),
                config.hasMaxDowntimeMs() ? config.getMaxDowntimeMs() : null,
                config.hasCpuBaseline() ? config.getCpuBaseline() : null);
    }

    private static @Nullable Firmware firmware(dev.sternpost.proto.virtualmachine.v1.Firmware firmware) {
        return switch (firmware) {
            case FIRMWARE_UNSPECIFIED -> null;
            case FIRMWARE_BIOS -> Firmware.BIOS;
            case FIRMWARE_UEFI -> Firmware.UEFI;
            case UNRECOGNIZED -> throw unknown("firmware");
        };
    }

    private static @Nullable DiskProvisioning provisioning(
            dev.sternpost.proto.virtualmachine.v1.DiskProvisioning provisioning) {
        return switch (provisioning) {
            case DISK_PROVISIONING_UNSPECIFIED -> null;
            case DISK_PROVISIONING_THIN -> DiskProvisioning.THIN;
            case DISK_PROVISIONING_THICK_LAZY_ZEROED -> DiskProvisioning.THICK_LAZY_ZEROED;
            case DISK_PROVISIONING_THICK_EAGER_ZEROED -> DiskProvisioning.THICK_EAGER_ZEROED;
            case UNRECOGNIZED -> throw unknown("provisioning");
        };
    }

    private static FaultException unknown(String field) {
        return new FaultException(
                FaultCode.REQUEST_INVALID, field + " has a value this server does not know. Correct it.");
    }
}
