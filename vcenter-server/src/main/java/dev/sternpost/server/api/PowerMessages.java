package dev.sternpost.server.api;

import dev.sternpost.drs.power.PowerAdvice;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.power.HostPowerSetup;
import dev.sternpost.inventory.power.WakeTest;
import dev.sternpost.proto.power.v1.ClusterPower;
import dev.sternpost.proto.power.v1.HostPower;
import dev.sternpost.proto.power.v1.PowerAction;
import dev.sternpost.proto.power.v1.PowerKept;
import dev.sternpost.proto.power.v1.PowerLevel;
import dev.sternpost.proto.power.v1.PowerMethod;
import dev.sternpost.proto.power.v1.PowerPass;
import dev.sternpost.proto.power.v1.PowerRecommendation;
import dev.sternpost.proto.power.v1.PowerRecommendationState;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.power.PowerAdmin;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Power management as messages. */
final class PowerMessages {
    private PowerMessages() {}

    static ClusterPower cluster(InventorySnapshot snapshot, dev.sternpost.inventory.power.ClusterPower power) {
        return ClusterPower.newBuilder()
                .setClusterId(power.clusterId().value())
                .setClusterName(snapshot.find(power.clusterId())
                        .filter(Cluster.class::isInstance)
                        .map(ManagedObject::name)
                        .orElse(""))
                .setLevel(of(power.level()))
                .setUseTargetPercent(power.useTargetPercent())
                .setUseTolerancePercent(power.useTolerancePercent())
                .setHostsMin(power.hostsMin())
                .setStateSeconds(power.stateSeconds())
                .setCpuMhzMin(power.cpuMhzMin())
                .setMemoryBytesMin(power.memoryBytesMin())
                .build();
    }

    /** Never the password. */
    static HostPower host(PowerAdmin.HostView view) {
        HostPowerSetup setup = view.setup();
        HostPower.Builder message = HostPower.newBuilder()
                .setHostId(view.host().id().value())
                .setHostName(view.host().name())
                .setMode(Enums.of(view.host().mode()))
                .setMethod(of(setup.method()))
                .setAddress(setup.address())
                .setUserName(setup.userName())
                .setHasPassword(!setup.sealedPassword().isEmpty())
                .setTrust(setup.trust())
                .setMacAddress(setup.macAddress())
                .setLevel(of(view.level()))
                .setLeftAlone(view.leftAlone());
        var override = setup.override();
        if (override != null) {
            message.setOverrideLevel(of(override));
        }
        WakeTest test = setup.lastTest();
        if (test != null) {
            message.setLastTest(dev.sternpost.proto.power.v1.WakeTest.newBuilder()
                    .setTime(Times.of(test.time()))
                    .setPassed(test.passed())
                    .setWakeMs(test.millis())
                    .setDetail(test.detail()));
        }
        Instant changed = setup.changedTime();
        if (changed != null) {
            message.setChangeTime(Times.of(changed));
        }
        return message.build();
    }

    static PowerPass pass(InventorySnapshot snapshot, dev.sternpost.server.power.PowerPass pass) {
        PowerPass.Builder message = PowerPass.newBuilder()
                .setNumber(pass.number())
                .setTime(Times.of(pass.time()))
                .setTrigger(pass.trigger())
                .setStopped(PlannedRules.named(snapshot, pass.stopped()));
        pass.recommended().forEach(each -> message.addRecommendations(recommendation(snapshot, each)));
        pass.kept()
                .forEach(kept -> message.addKept(PowerKept.newBuilder()
                        .setHostId(kept.hostId().value())
                        .setHostName(name(snapshot, kept.hostId()))
                        .setReason(PlannedRules.named(snapshot, kept.reason()))));
        return message.build();
    }

    private static PowerRecommendation recommendation(
            InventorySnapshot snapshot, dev.sternpost.server.power.PowerPass.Recommended recommended) {
        PowerAdvice advice = recommended.advice();
        return PowerRecommendation.newBuilder()
                .setId(recommended.id())
                .setAction(
                        switch (advice) {
                            case PowerAdvice.Wake ignored -> PowerAction.POWER_ACTION_EXIT_STANDBY;
                            case PowerAdvice.StandBy ignored -> PowerAction.POWER_ACTION_ENTER_STANDBY;
                        })
                .setHostId(advice.hostId().value())
                .setHostName(name(snapshot, advice.hostId()))
                .setReason(PlannedRules.named(snapshot, advice.reason()))
                .setState(
                        switch (recommended.state()) {
                            case PENDING -> PowerRecommendationState.POWER_RECOMMENDATION_STATE_PENDING;
                            case APPLIED -> PowerRecommendationState.POWER_RECOMMENDATION_STATE_APPLIED;
                            case FAILED -> PowerRecommendationState.POWER_RECOMMENDATION_STATE_FAILED;
                        })
                .setTaskId(recommended.taskId())
                .setFailure(recommended.failure())
                .setMoveCount(
                        advice instanceof PowerAdvice.StandBy standBy
                                ? standBy.evacuation().moves().size()
                                : 0)
                .build();
    }

    private static String name(InventorySnapshot snapshot, HostId id) {
        return snapshot.find(id).map(ManagedObject::name).orElse(id.value());
    }

    static PowerLevel of(dev.sternpost.inventory.power.PowerLevel level) {
        return switch (level) {
            case OFF -> PowerLevel.POWER_LEVEL_OFF;
            case MANUAL -> PowerLevel.POWER_LEVEL_MANUAL;
            case AUTOMATIC -> PowerLevel.POWER_LEVEL_AUTOMATIC;
        };
    }

    /** Null leaves it. */
    static dev.sternpost.inventory.power.@Nullable PowerLevel level(PowerLevel level) {
        return switch (level) {
            case POWER_LEVEL_OFF -> dev.sternpost.inventory.power.PowerLevel.OFF;
            case POWER_LEVEL_MANUAL -> dev.sternpost.inventory.power.PowerLevel.MANUAL;
            case POWER_LEVEL_AUTOMATIC -> dev.sternpost.inventory.power.PowerLevel.AUTOMATIC;
            case POWER_LEVEL_UNSPECIFIED -> null;
            case UNRECOGNIZED -> throw unknown("level");
        };
    }

    private static PowerMethod of(dev.sternpost.inventory.power.PowerMethod method) {
        return switch (method) {
            case NONE -> PowerMethod.POWER_METHOD_NONE;
            case WAKE_ON_LAN -> PowerMethod.POWER_METHOD_WAKE_ON_LAN;
            case REDFISH -> PowerMethod.POWER_METHOD_REDFISH;
            case COMMAND -> PowerMethod.POWER_METHOD_COMMAND;
            case IPMI -> PowerMethod.POWER_METHOD_IPMI;
        };
    }

    /** Null leaves it. */
    static dev.sternpost.inventory.power.@Nullable PowerMethod method(PowerMethod method) {
        return switch (method) {
            case POWER_METHOD_NONE -> dev.sternpost.inventory.power.PowerMethod.NONE;
            case POWER_METHOD_WAKE_ON_LAN -> dev.sternpost.inventory.power.PowerMethod.WAKE_ON_LAN;
            case POWER_METHOD_REDFISH -> dev.sternpost.inventory.power.PowerMethod.REDFISH;
            case POWER_METHOD_COMMAND -> dev.sternpost.inventory.power.PowerMethod.COMMAND;
            case POWER_METHOD_IPMI -> dev.sternpost.inventory.power.PowerMethod.IPMI;
            case POWER_METHOD_UNSPECIFIED -> null;
            case UNRECOGNIZED -> throw unknown("method");
        };
    }

    private static FaultException unknown(String field) {
        return new FaultException(
                FaultCode.REQUEST_INVALID, field + " has a value this server does not know. Correct it.");
    }
}
