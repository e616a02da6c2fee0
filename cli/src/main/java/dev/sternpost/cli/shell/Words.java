package dev.sternpost.cli.shell;

import dev.sternpost.proto.cluster.v1.AutomationLevel;
import dev.sternpost.proto.cluster.v1.ClusterRuleKind;
import dev.sternpost.proto.drs.v1.RecommendationCause;
import dev.sternpost.proto.drs.v1.RecommendationState;
import dev.sternpost.proto.host.v1.Accelerator;
import dev.sternpost.proto.host.v1.HostConnectionState;
import dev.sternpost.proto.host.v1.HostMode;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import dev.sternpost.proto.network.v1.NetworkKind;
import dev.sternpost.proto.resourcepool.v1.SharesLevel;
import dev.sternpost.proto.task.v1.DowntimeSource;
import dev.sternpost.proto.task.v1.StepState;
import dev.sternpost.proto.task.v1.TaskState;
import dev.sternpost.proto.type.v1.OverallStatus;
import dev.sternpost.proto.virtualmachine.v1.DiskProvisioning;
import dev.sternpost.proto.virtualmachine.v1.Firmware;
import dev.sternpost.proto.virtualmachine.v1.PowerState;

/** The contract's values in the words an administrator knows. */
public final class Words {
    private Words() {}

    /** poweredOn, poweredOff, suspended. */
    public static String of(PowerState state) {
        return switch (state) {
            case POWER_STATE_POWERED_ON -> "poweredOn";
            case POWER_STATE_POWERED_OFF -> "poweredOff";
            case POWER_STATE_SUSPENDED -> "suspended";
            case POWER_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
        };
    }

    /** connected, disconnected, notResponding. */
    public static String of(HostMode mode) {
        return switch (mode) {
            case HOST_MODE_NORMAL -> "normal";
            case HOST_MODE_QUARANTINE -> "quarantined";
            case HOST_MODE_ENTERING_MAINTENANCE -> "enteringMaintenance";
            case HOST_MODE_MAINTENANCE_PAUSED -> "maintenancePaused";
            case HOST_MODE_MAINTENANCE -> "inMaintenance";
            case HOST_MODE_ENTERING_STANDBY -> "enteringStandby";
            case HOST_MODE_STANDBY -> "standby";
            case HOST_MODE_EXITING_STANDBY -> "exitingStandby";
            case HOST_MODE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
        };
    }

    public static String of(HostConnectionState state) {
        return switch (state) {
            case HOST_CONNECTION_STATE_CONNECTED -> "connected";
            case HOST_CONNECTION_STATE_DISCONNECTED -> "disconnected";
            case HOST_CONNECTION_STATE_NOT_RESPONDING -> "notResponding";
            case HOST_CONNECTION_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
        };
    }

    /** bridged, user-mode. */
    public static String of(NetworkKind kind) {
        return switch (kind) {
            case NETWORK_KIND_BRIDGED -> "bridged";
            case NETWORK_KIND_USER_MODE -> "user-mode";
            case NETWORK_KIND_UNSPECIFIED, UNRECOGNIZED -> "unknown";
        };
    }

    /** As the reader of the guest-seen pause is named. */
    public static String of(DowntimeSource source) {
        return switch (source) {
            case DOWNTIME_SOURCE_GUEST_TICKER -> "read off the guest's own ticker";
            case DOWNTIME_SOURCE_ENGINE -> "stop to resume as the engines saw it; the guest has no ticker";
            case DOWNTIME_SOURCE_UNSPECIFIED, UNRECOGNIZED -> "not measured";
        };
    }

    /** queued, running, ... */
    public static String of(TaskState state) {
        return tail(state.name(), "TASK_STATE_");
    }

    /** pending, running, done, failed, undone. */
    public static String of(StepState state) {
        return tail(state.name(), "STEP_STATE_");
    }

    /** green, yellow, red, gray. */
    public static String of(OverallStatus status) {
        return tail(status.name(), "OVERALL_STATUS_");
    }

    /** kvm, tcg. */
    public static String of(Accelerator accelerator) {
        return tail(accelerator.name(), "ACCELERATOR_");
    }

    /** bios, uefi. */
    public static String of(Firmware firmware) {
        return tail(firmware.name(), "FIRMWARE_");
    }

    /** thin, thick lazy zeroed, thick eager zeroed. */
    public static String of(DiskProvisioning provisioning) {
        return tail(provisioning.name(), "DISK_PROVISIONING_").replace('_', ' ');
    }

    /** folder, virtual machine, ... */
    public static String of(ObjectKind kind) {
        return tail(kind.name(), "OBJECT_KIND_").replace('_', ' ');
    }

    /** disabled, manual, partially automated, fully automated. */
    public static String of(AutomationLevel level) {
        return tail(level.name(), "AUTOMATION_LEVEL_").replace('_', ' ');
    }

    /** keep together, must run on, ... */
    public static String of(ClusterRuleKind kind) {
        return tail(kind.name(), "CLUSTER_RULE_KIND_").replace('_', ' ');
    }

    /** pending, applied, dismissed, failed. */
    public static String of(RecommendationState state) {
        return tail(state.name(), "RECOMMENDATION_STATE_");
    }

    /** maintenance, rule, should rule, quarantine, balance. */
    public static String of(RecommendationCause cause) {
        return tail(cause.name(), "RECOMMENDATION_CAUSE_").replace('_', ' ');
    }

    /** low, normal, high, custom. */
    public static String of(SharesLevel level) {
        return tail(level.name(), "SHARES_LEVEL_");
    }

    private static String tail(String name, String prefix) {
        String word = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
        return word.equals("UNSPECIFIED") || word.equals("UNRECOGNIZED")
                ? "unknown"
                : word.toLowerCase(java.util.Locale.ROOT);
    }
}
