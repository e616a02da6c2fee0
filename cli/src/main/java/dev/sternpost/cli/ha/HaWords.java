package dev.sternpost.cli.ha;

import dev.sternpost.proto.ha.v1.HaAdmission;
import dev.sternpost.proto.ha.v1.HaIsolationResponse;
import dev.sternpost.proto.ha.v1.HaMode;
import dev.sternpost.proto.ha.v1.HaPriority;
import dev.sternpost.proto.ha.v1.HaReadiness;
import dev.sternpost.proto.ha.v1.HaSettings;
import dev.sternpost.proto.ha.v1.HaTiming;

/** High availability in words. */
final class HaWords {
    private HaWords() {}

    static String state(HaSettings settings) {
        return switch (settings.getState()) {
            case HA_STATE_OFF -> "off";
            case HA_STATE_ENABLING -> "being enabled";
            case HA_STATE_ON ->
                settings.getDisarmReason().isEmpty() ? "on, armed" : "on, DISARMED: " + settings.getDisarmReason();
            case HA_STATE_DISABLING -> "being disabled";
            case HA_STATE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    static String of(HaTiming timing) {
        return switch (timing) {
            case HA_TIMING_DEFAULT -> "normal";
            case HA_TIMING_PATIENT -> "patient";
            case HA_TIMING_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    static String of(HaAdmission admission) {
        return switch (admission.getPolicyCase()) {
            case OFF, POLICY_NOT_SET -> "nothing";
            case HOST_FAILURES ->
                admission.getHostFailures() + (admission.getHostFailures() == 1 ? " host failure" : " host failures");
            case PERCENTAGE ->
                "%d %% of memory, %d %% of CPU"
                        .formatted(
                                admission.getPercentage().getMemoryPercent(),
                                admission.getPercentage().getCpuPercent());
            case DEDICATED_HOSTS ->
                "hosts " + String.join(", ", admission.getDedicatedHosts().getHostNamesList());
        };
    }

    static String of(HaIsolationResponse response) {
        return switch (response) {
            case HA_ISOLATION_RESPONSE_LEAVE_ON -> "leave-on";
            case HA_ISOLATION_RESPONSE_SHUT_DOWN -> "shut-down";
            case HA_ISOLATION_RESPONSE_POWER_OFF -> "power-off";
            case HA_ISOLATION_RESPONSE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    static HaIsolationResponse isolation(String text) {
        return switch (text) {
            case "leave-on" -> HaIsolationResponse.HA_ISOLATION_RESPONSE_LEAVE_ON;
            case "shut-down" -> HaIsolationResponse.HA_ISOLATION_RESPONSE_SHUT_DOWN;
            case "power-off" -> HaIsolationResponse.HA_ISOLATION_RESPONSE_POWER_OFF;
            default ->
                throw new IllegalArgumentException("\"%s\" is none of leave-on, shut-down, power-off".formatted(text));
        };
    }

    static String of(HaPriority priority) {
        return switch (priority) {
            case HA_PRIORITY_HIGHEST -> "highest";
            case HA_PRIORITY_HIGH -> "high";
            case HA_PRIORITY_MEDIUM -> "medium";
            case HA_PRIORITY_LOW -> "low";
            case HA_PRIORITY_LOWEST -> "lowest";
            case HA_PRIORITY_DISABLED -> "disabled";
            case HA_PRIORITY_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    static String of(HaReadiness readiness) {
        return switch (readiness) {
            case HA_READINESS_POWERED_ON -> "it runs";
            case HA_READINESS_GUEST_HEARTBEAT -> "its guest says that it is up";
            case HA_READINESS_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    static String of(HaMode mode) {
        return switch (mode) {
            case HA_MODE_OFF -> "off";
            case HA_MODE_DISARMED -> "disarmed";
            case HA_MODE_ARMED -> "armed";
            case HA_MODE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    /** "agentDown" as "agent down". */
    static String verdict(String word) {
        return switch (word) {
            case "agentDown" -> "agent down";
            case "storageLost" -> "storage lost";
            default -> word;
        };
    }
}
