package dev.sternpost.server.api;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.ha.v1.HaAdmission;
import dev.sternpost.proto.ha.v1.HaDedicatedHosts;
import dev.sternpost.proto.ha.v1.HaIsolationResponse;
import dev.sternpost.proto.ha.v1.HaPercentage;
import dev.sternpost.proto.ha.v1.HaPriority;
import dev.sternpost.proto.ha.v1.HaReadiness;
import dev.sternpost.proto.ha.v1.HaSettings;
import dev.sternpost.proto.ha.v1.HaState;
import dev.sternpost.proto.ha.v1.HaTiming;
import dev.sternpost.proto.ha.v1.HaVmSettings;
import org.jspecify.annotations.Nullable;

/** Settings of high availability as messages, and back. */
final class HaMessages {
    private HaMessages() {}

    static HaSettings settings(InventorySnapshot snapshot, Cluster cluster) {
        dev.sternpost.inventory.HaSettings ha = cluster.ha();
        HaSettings.Builder message = HaSettings.newBuilder()
                .setClusterId(cluster.id().value())
                .setClusterName(cluster.name())
                .setState(
                        switch (ha.state()) {
                            case OFF -> HaState.HA_STATE_OFF;
                            case ENABLING -> HaState.HA_STATE_ENABLING;
                            case ON -> HaState.HA_STATE_ON;
                            case DISABLING -> HaState.HA_STATE_DISABLING;
                        })
                .setTiming(
                        switch (ha.timing()) {
                            case DEFAULT -> HaTiming.HA_TIMING_DEFAULT;
                            case PATIENT -> HaTiming.HA_TIMING_PATIENT;
                        })
                .setAdmission(of(snapshot, ha.admission()))
                .setIsolationResponse(of(ha.isolation()))
                .setMonitoring(ha.monitoring())
                .addAllIsolationAddresses(ha.isolationAddresses());
        DatastoreId heartbeats = ha.heartbeatDatastoreId();
        if (heartbeats != null) {
            message.setHeartbeatDatastoreId(heartbeats.value()).setHeartbeatDatastoreName(name(snapshot, heartbeats));
        }
        var disarmed = ha.disarmed();
        if (disarmed != null) {
            message.setDisarmReason(disarmed.reason()).setDisarmTime(Times.of(disarmed.since()));
        }
        ha.vms().stream()
                .filter(vm -> snapshot.find(vm.vmId()).isPresent())
                .forEach(vm -> message.addVms(vm(snapshot, vm)));
        return message.build();
    }

    static HaVmSettings vm(InventorySnapshot snapshot, dev.sternpost.inventory.HaVmSettings vm) {
        HaVmSettings.Builder message = HaVmSettings.newBuilder()
                .setVmId(vm.vmId().value())
                .setVmName(name(snapshot, vm.vmId()))
                .setPriority(of(vm.priority()))
                .setReadiness(
                        switch (vm.readiness()) {
                            case POWERED_ON -> HaReadiness.HA_READINESS_POWERED_ON;
                            case GUEST_HEARTBEAT -> HaReadiness.HA_READINESS_GUEST_HEARTBEAT;
                        })
                .setReadyAfterMs(vm.readyAfterMillis());
        var isolation = vm.isolation();
        if (isolation != null) {
            message.setIsolationResponse(of(isolation));
        }
        Boolean monitoring = vm.monitoring();
        if (monitoring != null) {
            message.setMonitoring(monitoring);
        }
        vm.dependsOn()
                .forEach(other -> message.addDependsOnVmIds(other.value()).addDependsOnVmNames(name(snapshot, other)));
        return message.build();
    }

    static String name(InventorySnapshot snapshot, ManagedObjectId id) {
        return snapshot.find(id).map(ManagedObject::name).orElse(id.value());
    }

    private static HaAdmission of(InventorySnapshot snapshot, dev.sternpost.inventory.HaAdmission admission) {
        HaAdmission.Builder message = HaAdmission.newBuilder();
        switch (admission.kind()) {
            case OFF -> message.setOff(true);
            case HOST_FAILURES -> message.setHostFailures(admission.hostFailures());
            case PERCENTAGE ->
                message.setPercentage(HaPercentage.newBuilder()
                        .setMemoryPercent(admission.memoryPercent())
                        .setCpuPercent(admission.cpuPercent()));
            case DEDICATED_HOSTS -> {
                HaDedicatedHosts.Builder hosts = HaDedicatedHosts.newBuilder();
                admission
                        .dedicatedHostIds()
                        .forEach(host -> hosts.addHostIds(host.value()).addHostNames(name(snapshot, host)));
                message.setDedicatedHosts(hosts);
            }
        }
        return message.build();
    }

    static dev.sternpost.inventory.HaAdmission admission(InventorySnapshot snapshot, HaAdmission admission) {
        try {
            return switch (admission.getPolicyCase()) {
                case OFF, POLICY_NOT_SET -> dev.sternpost.inventory.HaAdmission.OFF;
                case HOST_FAILURES -> dev.sternpost.inventory.HaAdmission.hostFailures(admission.getHostFailures());
                case PERCENTAGE ->
                    dev.sternpost.inventory.HaAdmission.percentage(
                            admission.getPercentage().getMemoryPercent(),
                            admission.getPercentage().getCpuPercent());
                case DEDICATED_HOSTS ->
                    dev.sternpost.inventory.HaAdmission.dedicatedHosts(
                            admission.getDedicatedHosts().getHostIdsList().stream()
                                    .map(host ->
                                            snapshot.resolve(host, Host.class).id())
                                    .toList());
            };
        } catch (IllegalArgumentException e) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    "Tolerate 0 to %d host failures, keep 0 to 100 %% free, or name at least one host to keep free."
                            .formatted(dev.sternpost.inventory.HaAdmission.HOST_FAILURES_MAX));
        }
    }

    private static HaIsolationResponse of(dev.sternpost.inventory.HaIsolationResponse response) {
        return switch (response) {
            case LEAVE_ON -> HaIsolationResponse.HA_ISOLATION_RESPONSE_LEAVE_ON;
            case SHUT_DOWN -> HaIsolationResponse.HA_ISOLATION_RESPONSE_SHUT_DOWN;
            case POWER_OFF -> HaIsolationResponse.HA_ISOLATION_RESPONSE_POWER_OFF;
        };
    }

    /** Null leaves it. */
    static dev.sternpost.inventory.@Nullable HaIsolationResponse isolation(HaIsolationResponse response) {
        return switch (response) {
            case HA_ISOLATION_RESPONSE_LEAVE_ON -> dev.sternpost.inventory.HaIsolationResponse.LEAVE_ON;
            case HA_ISOLATION_RESPONSE_SHUT_DOWN -> dev.sternpost.inventory.HaIsolationResponse.SHUT_DOWN;
            case HA_ISOLATION_RESPONSE_POWER_OFF -> dev.sternpost.inventory.HaIsolationResponse.POWER_OFF;
            case HA_ISOLATION_RESPONSE_UNSPECIFIED -> null;
            case UNRECOGNIZED -> throw unknown("isolation_response");
        };
    }

    /** Null leaves it. */
    static dev.sternpost.inventory.HaSettings.@Nullable Timing timing(HaTiming timing) {
        return switch (timing) {
            case HA_TIMING_DEFAULT -> dev.sternpost.inventory.HaSettings.Timing.DEFAULT;
            case HA_TIMING_PATIENT -> dev.sternpost.inventory.HaSettings.Timing.PATIENT;
            case HA_TIMING_UNSPECIFIED -> null;
            case UNRECOGNIZED -> throw unknown("timing");
        };
    }

    static HaPriority of(dev.sternpost.inventory.HaVmSettings.Priority priority) {
        return switch (priority) {
            case HIGHEST -> HaPriority.HA_PRIORITY_HIGHEST;
            case HIGH -> HaPriority.HA_PRIORITY_HIGH;
            case MEDIUM -> HaPriority.HA_PRIORITY_MEDIUM;
            case LOW -> HaPriority.HA_PRIORITY_LOW;
            case LOWEST -> HaPriority.HA_PRIORITY_LOWEST;
            case DISABLED -> HaPriority.HA_PRIORITY_DISABLED;
        };
    }

    /** Null leaves it. */
    static dev.sternpost.inventory.HaVmSettings.@Nullable Priority priority(HaPriority priority) {
        return switch (priority) {
            case HA_PRIORITY_HIGHEST -> dev.sternpost.inventory.HaVmSettings.Priority.HIGHEST;
            case HA_PRIORITY_HIGH -> dev.sternpost.inventory.HaVmSettings.Priority.HIGH;
            case HA_PRIORITY_MEDIUM -> dev.sternpost.inventory.HaVmSettings.Priority.MEDIUM;
            case HA_PRIORITY_LOW -> dev.sternpost.inventory.HaVmSettings.Priority.LOW;
            case HA_PRIORITY_LOWEST -> dev.sternpost.inventory.HaVmSettings.Priority.LOWEST;
            case HA_PRIORITY_DISABLED -> dev.sternpost.inventory.HaVmSettings.Priority.DISABLED;
            case HA_PRIORITY_UNSPECIFIED -> null;
            case UNRECOGNIZED -> throw unknown("priority");
        };
    }

    /** Null leaves it. */
    static dev.sternpost.inventory.HaVmSettings.@Nullable Readiness readiness(HaReadiness readiness) {
        return switch (readiness) {
            case HA_READINESS_POWERED_ON -> dev.sternpost.inventory.HaVmSettings.Readiness.POWERED_ON;
            case HA_READINESS_GUEST_HEARTBEAT -> dev.sternpost.inventory.HaVmSettings.Readiness.GUEST_HEARTBEAT;
            case HA_READINESS_UNSPECIFIED -> null;
            case UNRECOGNIZED -> throw unknown("readiness");
        };
    }

    private static FaultException unknown(String field) {
        return new FaultException(
                FaultCode.REQUEST_INVALID, field + " has a value this server does not know. Correct it.");
    }
}
