package dev.sternpost.server.api;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.AutomationLevel;
import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.GuestToolsState;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.NetworkKind;
import dev.sternpost.inventory.ObjectKind;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.SharesLevel;
import dev.sternpost.inventory.event.EventSeverity;

/** Enums of the domain as those of the contract. A new constant on either side stops the build until it is told here. */
final class Enums {
    private Enums() {}

    static dev.sternpost.proto.inventory.v1.ObjectKind of(ObjectKind kind) {
        return switch (kind) {
            case FOLDER -> dev.sternpost.proto.inventory.v1.ObjectKind.OBJECT_KIND_FOLDER;
            case DATACENTER -> dev.sternpost.proto.inventory.v1.ObjectKind.OBJECT_KIND_DATACENTER;
            case CLUSTER -> dev.sternpost.proto.inventory.v1.ObjectKind.OBJECT_KIND_CLUSTER;
            case HOST -> dev.sternpost.proto.inventory.v1.ObjectKind.OBJECT_KIND_HOST;
            case RESOURCE_POOL -> dev.sternpost.proto.inventory.v1.ObjectKind.OBJECT_KIND_RESOURCE_POOL;
            case VIRTUAL_MACHINE -> dev.sternpost.proto.inventory.v1.ObjectKind.OBJECT_KIND_VIRTUAL_MACHINE;
            case DATASTORE -> dev.sternpost.proto.inventory.v1.ObjectKind.OBJECT_KIND_DATASTORE;
            case NETWORK -> dev.sternpost.proto.inventory.v1.ObjectKind.OBJECT_KIND_NETWORK;
        };
    }

    static dev.sternpost.proto.type.v1.OverallStatus of(OverallStatus status) {
        return switch (status) {
            case GRAY -> dev.sternpost.proto.type.v1.OverallStatus.OVERALL_STATUS_GRAY;
            case GREEN -> dev.sternpost.proto.type.v1.OverallStatus.OVERALL_STATUS_GREEN;
            case YELLOW -> dev.sternpost.proto.type.v1.OverallStatus.OVERALL_STATUS_YELLOW;
            case RED -> dev.sternpost.proto.type.v1.OverallStatus.OVERALL_STATUS_RED;
        };
    }

    static dev.sternpost.proto.virtualmachine.v1.PowerState of(PowerState state) {
        return switch (state) {
            case POWERED_OFF -> dev.sternpost.proto.virtualmachine.v1.PowerState.POWER_STATE_POWERED_OFF;
            case POWERED_ON -> dev.sternpost.proto.virtualmachine.v1.PowerState.POWER_STATE_POWERED_ON;
            case SUSPENDED -> dev.sternpost.proto.virtualmachine.v1.PowerState.POWER_STATE_SUSPENDED;
        };
    }

    static dev.sternpost.proto.virtualmachine.v1.Firmware of(Firmware firmware) {
        return switch (firmware) {
            case BIOS -> dev.sternpost.proto.virtualmachine.v1.Firmware.FIRMWARE_BIOS;
            case UEFI -> dev.sternpost.proto.virtualmachine.v1.Firmware.FIRMWARE_UEFI;
        };
    }

    static dev.sternpost.proto.virtualmachine.v1.DiskProvisioning of(DiskProvisioning provisioning) {
        return switch (provisioning) {
            case THIN -> dev.sternpost.proto.virtualmachine.v1.DiskProvisioning.DISK_PROVISIONING_THIN;
            case THICK_LAZY_ZEROED ->
                dev.sternpost.proto.virtualmachine.v1.DiskProvisioning.DISK_PROVISIONING_THICK_LAZY_ZEROED;
            case THICK_EAGER_ZEROED ->
                dev.sternpost.proto.virtualmachine.v1.DiskProvisioning.DISK_PROVISIONING_THICK_EAGER_ZEROED;
        };
    }

    static dev.sternpost.proto.virtualmachine.v1.GuestToolsState of(GuestToolsState state) {
        return switch (state) {
            case UNKNOWN -> dev.sternpost.proto.virtualmachine.v1.GuestToolsState.GUEST_TOOLS_STATE_UNSPECIFIED;
            case NOT_RUNNING -> dev.sternpost.proto.virtualmachine.v1.GuestToolsState.GUEST_TOOLS_STATE_NOT_RUNNING;
            case RUNNING -> dev.sternpost.proto.virtualmachine.v1.GuestToolsState.GUEST_TOOLS_STATE_RUNNING;
        };
    }

    static dev.sternpost.proto.host.v1.HostConnectionState of(HostConnectionState state) {
        return switch (state) {
            case CONNECTED -> dev.sternpost.proto.host.v1.HostConnectionState.HOST_CONNECTION_STATE_CONNECTED;
            case DISCONNECTED -> dev.sternpost.proto.host.v1.HostConnectionState.HOST_CONNECTION_STATE_DISCONNECTED;
            case NOT_RESPONDING -> dev.sternpost.proto.host.v1.HostConnectionState.HOST_CONNECTION_STATE_NOT_RESPONDING;
        };
    }

    static dev.sternpost.proto.host.v1.Accelerator of(Accelerator accelerator) {
        return switch (accelerator) {
            case KVM -> dev.sternpost.proto.host.v1.Accelerator.ACCELERATOR_KVM;
            case TCG -> dev.sternpost.proto.host.v1.Accelerator.ACCELERATOR_TCG;
            case SIMULATED -> dev.sternpost.proto.host.v1.Accelerator.ACCELERATOR_SIMULATED;
        };
    }

    static dev.sternpost.proto.network.v1.NetworkKind of(NetworkKind kind) {
        return switch (kind) {
            case BRIDGED -> dev.sternpost.proto.network.v1.NetworkKind.NETWORK_KIND_BRIDGED;
            case USER_MODE -> dev.sternpost.proto.network.v1.NetworkKind.NETWORK_KIND_USER_MODE;
        };
    }

    static dev.sternpost.proto.resourcepool.v1.SharesLevel of(SharesLevel level) {
        return switch (level) {
            case LOW -> dev.sternpost.proto.resourcepool.v1.SharesLevel.SHARES_LEVEL_LOW;
            case NORMAL -> dev.sternpost.proto.resourcepool.v1.SharesLevel.SHARES_LEVEL_NORMAL;
            case HIGH -> dev.sternpost.proto.resourcepool.v1.SharesLevel.SHARES_LEVEL_HIGH;
            case CUSTOM -> dev.sternpost.proto.resourcepool.v1.SharesLevel.SHARES_LEVEL_CUSTOM;
        };
    }

    static dev.sternpost.proto.cluster.v1.AutomationLevel of(AutomationLevel level) {
        return switch (level) {
            case DISABLED -> dev.sternpost.proto.cluster.v1.AutomationLevel.AUTOMATION_LEVEL_DISABLED;
            case MANUAL -> dev.sternpost.proto.cluster.v1.AutomationLevel.AUTOMATION_LEVEL_MANUAL;
            case PARTIALLY_AUTOMATED ->
                dev.sternpost.proto.cluster.v1.AutomationLevel.AUTOMATION_LEVEL_PARTIALLY_AUTOMATED;
            case FULLY_AUTOMATED -> dev.sternpost.proto.cluster.v1.AutomationLevel.AUTOMATION_LEVEL_FULLY_AUTOMATED;
        };
    }

    static dev.sternpost.proto.event.v1.EventSeverity of(EventSeverity severity) {
        return switch (severity) {
            case INFO -> dev.sternpost.proto.event.v1.EventSeverity.EVENT_SEVERITY_INFO;
            case WARNING -> dev.sternpost.proto.event.v1.EventSeverity.EVENT_SEVERITY_WARNING;
            case ERROR -> dev.sternpost.proto.event.v1.EventSeverity.EVENT_SEVERITY_ERROR;
        };
    }

    static dev.sternpost.proto.host.v1.HostMode of(HostMode mode) {
        return switch (mode) {
            case NORMAL -> dev.sternpost.proto.host.v1.HostMode.HOST_MODE_NORMAL;
            case QUARANTINE -> dev.sternpost.proto.host.v1.HostMode.HOST_MODE_QUARANTINE;
            case ENTERING_MAINTENANCE -> dev.sternpost.proto.host.v1.HostMode.HOST_MODE_ENTERING_MAINTENANCE;
            case MAINTENANCE_PAUSED -> dev.sternpost.proto.host.v1.HostMode.HOST_MODE_MAINTENANCE_PAUSED;
            case MAINTENANCE -> dev.sternpost.proto.host.v1.HostMode.HOST_MODE_MAINTENANCE;
            case ENTERING_STANDBY -> dev.sternpost.proto.host.v1.HostMode.HOST_MODE_ENTERING_STANDBY;
            case STANDBY -> dev.sternpost.proto.host.v1.HostMode.HOST_MODE_STANDBY;
            case EXITING_STANDBY -> dev.sternpost.proto.host.v1.HostMode.HOST_MODE_EXITING_STANDBY;
        };
    }
}
