package dev.sternpost.server.api;

import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.rehearsal.FailoverPlan;
import dev.sternpost.inventory.HaVmSettings;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.proto.ha.v1.HaFailover;
import dev.sternpost.proto.ha.v1.HaFailoverEvent;
import dev.sternpost.proto.ha.v1.HaHost;
import dev.sternpost.proto.ha.v1.HaMode;
import dev.sternpost.proto.ha.v1.HaPlannedStart;
import dev.sternpost.proto.ha.v1.HaPriority;
import dev.sternpost.proto.ha.v1.HaRestart;
import dev.sternpost.proto.ha.v1.HaStatus;
import dev.sternpost.proto.ha.v1.HaStranded;
import dev.sternpost.proto.ha.v1.HaVm;
import dev.sternpost.server.availability.HaReport;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.ha.FailoverTimeline;
import dev.sternpost.server.ha.HaOverview;
import java.time.Duration;

/** How high availability stands, as messages. */
final class HaStatusMessages {
    private HaStatusMessages() {}

    static HaStatus status(InventorySnapshot snapshot, HaOverview.View view) {
        HaStatus.Builder message = HaStatus.newBuilder()
                .setConfigVersion(view.version())
                .setFailuresAbsorbed(view.failuresAbsorbed())
                .setAdmissionProblem(PlannedRules.named(snapshot, view.broken()))
                .setProblem(view.problem());
        view.coordination()
                .ifPresent(known -> message.setCoordinatorHostId(known.hostId().value())
                        .setCoordinatorHostName(HaMessages.name(snapshot, known.hostId()))
                        .setTerm(known.words().term()));
        view.hosts().forEach(host -> message.addHosts(host(snapshot, host)));
        view.vms().forEach(vm -> message.addVms(vm(snapshot, view, vm)));
        view.failover().ifPresent(failover -> message.setLastFailover(failover(failover)));
        return message.build();
    }

    private static HaHost host(InventorySnapshot snapshot, HaOverview.HostView view) {
        HaHost.Builder message = HaHost.newBuilder()
                .setHostId(view.host().id().value())
                .setHostName(view.host().name())
                .setConnected(view.host().isConnected())
                .setMember(view.member())
                .setCurrent(view.current())
                .setVerdict(view.verdict());
        view.report().ifPresent(report -> said(snapshot, message, report));
        return message.build();
    }

    private static void said(InventorySnapshot snapshot, HaHost.Builder message, HaReport report) {
        message.setMode(
                        switch (report.mode()) {
                            case OFF -> HaMode.HA_MODE_OFF;
                            case DISARMED -> HaMode.HA_MODE_DISARMED;
                            case ARMED -> HaMode.HA_MODE_ARMED;
                        })
                .setConfigVersion(report.version())
                .setGuardUp(report.guard().up())
                .setLeaseHeld(report.guard().leaseHeld())
                .setLeaseLeftMs(report.guard().leaseLeftMillis())
                .setFenceProof(report.guard().fenceProof())
                .setProblem(
                        report.mode() == dev.sternpost.server.availability.HaMode.OFF ? "" : report.whyNotReliable())
                .setWatchdog(report.guard().watchdog())
                .setIsolated(report.network().isolated());
        for (HostId heard : report.network().heard()) {
            message.addHeardHostNames(HaMessages.name(snapshot, heard));
        }
    }

    private static HaVm vm(InventorySnapshot snapshot, HaOverview.View view, HaOverview.VmView vm) {
        HaVm.Builder message = HaVm.newBuilder()
                .setVmId(vm.vm().id().value())
                .setVmName(vm.vm().name())
                .setHostId(vm.vm().hostId().value())
                .setHostName(HaMessages.name(snapshot, vm.vm().hostId()))
                .setPriority(HaMessages.of(view.cluster()
                        .ha()
                        .of(vm.vm().id())
                        .map(HaVmSettings::priority)
                        .orElse(HaVmSettings.Priority.MEDIUM)))
                .setUnprotectedReason(vm.unprotected())
                .setDownReason(vm.down())
                .setPhase(vm.phase());
        vm.restart()
                .ifPresent(restart -> message.setRestart(HaRestart.newBuilder()
                        .setStage(restart.stage())
                        .setTargetHostName(PlannedRules.named(snapshot, restart.targetHostId()))
                        .setAttempts(restart.attempts())
                        .setWantedForMs(restart.wantedForMillis())
                        .setReason(PlannedRules.named(snapshot, restart.reason()))));
        return message.build();
    }

    private static HaFailover failover(FailoverTimeline failover) {
        HaFailover.Builder message = HaFailover.newBuilder()
                .setStartTime(Times.of(failover.start()))
                .setEndTime(Times.of(failover.end()))
                .setWantedCount((int) failover.count(EventType.HA_RESTART_WANTED))
                .setRestartedCount((int) failover.count(EventType.HA_RESTART_COMPLETE))
                .setFailedCount((int) failover.count(EventType.HA_RESTART_FAILED));
        failover.events()
                .forEach(event -> message.addEvents(HaFailoverEvent.newBuilder()
                        .setTime(Times.of(event.occurredTime()))
                        .setAfterMs(Duration.between(failover.start(), event.occurredTime())
                                .toMillis())
                        .setType(event.type().eventName())
                        .setMessage(event.message())));
        return message.build();
    }

    static HaPlannedStart start(InventorySnapshot snapshot, FailoverPlan.Start start) {
        return HaPlannedStart.newBuilder()
                .setVmId(start.vmId().value())
                .setVmName(HaMessages.name(snapshot, start.vmId()))
                .setFromHostName(HaMessages.name(snapshot, start.from()))
                .setToHostName(HaMessages.name(snapshot, start.to()))
                .setPriority(priority(start.priority()))
                .setWave(start.wave())
                .build();
    }

    static HaStranded stranded(InventorySnapshot snapshot, FailoverPlan.Stranded stranded) {
        return HaStranded.newBuilder()
                .setVmId(stranded.vmId().value())
                .setVmName(HaMessages.name(snapshot, stranded.vmId()))
                .setFromHostName(HaMessages.name(snapshot, stranded.from()))
                .setPriority(priority(stranded.priority()))
                .setReason(PlannedRules.named(snapshot, stranded.reason()))
                .build();
    }

    private static HaPriority priority(RestartPriority priority) {
        return switch (priority) {
            case HIGHEST -> HaPriority.HA_PRIORITY_HIGHEST;
            case HIGH -> HaPriority.HA_PRIORITY_HIGH;
            case MEDIUM -> HaPriority.HA_PRIORITY_MEDIUM;
            case LOW -> HaPriority.HA_PRIORITY_LOW;
            case LOWEST -> HaPriority.HA_PRIORITY_LOWEST;
        };
    }
}
