package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.HaIsolationResponse;
import dev.sternpost.inventory.HaVmSettings;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.proto.agent.v1.AvailabilityConfig;
import dev.sternpost.proto.agent.v1.AvailabilityHost;
import dev.sternpost.proto.agent.v1.AvailabilityMode;
import dev.sternpost.proto.agent.v1.AvailabilityStatus;
import dev.sternpost.proto.agent.v1.GuestMonitoring;
import dev.sternpost.proto.agent.v1.PlacementRule;
import dev.sternpost.proto.agent.v1.ProtectedVm;
import dev.sternpost.proto.agent.v1.VmEvent;
import dev.sternpost.server.availability.HaContent;
import dev.sternpost.server.availability.HaHappening;
import dev.sternpost.server.availability.HaMode;
import dev.sternpost.server.availability.HaOrder;
import dev.sternpost.server.availability.HaReport;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** High availability in the words of the protocol. */
final class AvailabilityMessages {
    /** A guest of which nothing was heard for so long, and which did nothing either, is reset. */
    private static final GuestMonitoring MONITORING = GuestMonitoring.newBuilder()
            .setFailureIntervalMs(30_000)
            .setMinUptimeMs(120_000)
            .setResetsMax(3)
            .setWindowMs(3_600_000)
            .build();

    /** HA_LEASE_LOST is "haLeaseLost" on the wire, and so on. */
    private static final Map<String, EventType> KINDS = Arrays.stream(EventType.values())
            .filter(type -> type.name().startsWith("HA_"))
            .collect(Collectors.toMap(AvailabilityMessages::kind, Function.identity()));

    private AvailabilityMessages() {}

    private static String kind(EventType type) {
        String name = type.eventName();
        return "ha" + name.substring(2, name.length() - "Event".length());
    }

    static AvailabilityConfig config(HaOrder order) {
        AvailabilityConfig.Builder message = AvailabilityConfig.newBuilder()
                .setClusterId(order.clusterId().value())
                .setVersion(order.version())
                .setMode(mode(order.mode()));
        HaContent content = order.content();
        if (content != null) {
            message.setHeartbeatDatastoreUuid(content.heartbeatDatastore().toString())
                    .setTiming(
                            switch (content.timing()) {
                                case DEFAULT -> "default";
                                case PATIENT -> "patient";
                            })
                    .addAllIsolationAddresses(content.isolationAddresses());
            content.hosts().forEach(host -> message.addHosts(host(host)));
            content.vms().forEach(vm -> message.addVms(vm(vm)));
            content.rules().forEach(rule -> message.addRules(rule(rule)));
        }
        return message.build();
    }

    private static AvailabilityMode mode(HaMode mode) {
        return switch (mode) {
            case OFF -> AvailabilityMode.AVAILABILITY_MODE_OFF;
            case DISARMED -> AvailabilityMode.AVAILABILITY_MODE_DISARMED;
            case ARMED -> AvailabilityMode.AVAILABILITY_MODE_ARMED;
        };
    }

    private static HaMode mode(AvailabilityMode mode) {
        return switch (mode) {
            case AVAILABILITY_MODE_OFF, AVAILABILITY_MODE_UNSPECIFIED -> HaMode.OFF;
            case AVAILABILITY_MODE_DISARMED -> HaMode.DISARMED;
            case AVAILABILITY_MODE_ARMED -> HaMode.ARMED;
            case UNRECOGNIZED -> throw new IllegalArgumentException("unknown mode of high availability");
        };
    }

    private static AvailabilityHost host(HaContent.Member host) {
        return AvailabilityHost.newBuilder()
                .setHostId(host.id().value())
                .setMemoryBytes(host.memoryBytes())
                .setCpuMhz(host.cpuMhz())
                .setOpen(host.open())
                .setSpare(host.spare())
                .setRelayAddress(host.relayAddress())
                .build();
    }

    private static ProtectedVm vm(HaContent.Vm vm) {
        ProtectedVm.Builder message = ProtectedVm.newBuilder()
                .setVmId(vm.id().value())
                .setMemoryBytes(vm.memoryBytes())
                .setCpuMhz(vm.cpuMhz())
                .setPriority(priority(vm.priority()))
                .setIsolationResponse(isolation(vm.isolation()))
                .setReadiness(
                        switch (vm.readiness()) {
                            case POWERED_ON -> "poweredOn";
                            case GUEST_HEARTBEAT -> "guestHeartbeat";
                        })
                .setReadyAfterMs(vm.readyAfterMillis())
                .setDatastoreUuid(vm.datastore().toString())
                .setDirectory(vm.directory());
        vm.dependsOn().forEach(other -> message.addDependsOnVmIds(other.value()));
        if (vm.monitored()) {
            message.setMonitoring(MONITORING);
        }
        return message.build();
    }

    private static String priority(HaVmSettings.Priority priority) {
        return switch (priority) {
            case HIGHEST -> "highest";
            case HIGH -> "high";
            case MEDIUM -> "medium";
            case LOW -> "low";
            case LOWEST -> "lowest";
            case DISABLED -> throw new IllegalArgumentException("what is not started again is not told");
        };
    }

    private static String isolation(HaIsolationResponse response) {
        return switch (response) {
            case LEAVE_ON -> "leaveOn";
            case SHUT_DOWN -> "shutDown";
            case POWER_OFF -> "powerOff";
        };
    }

    private static PlacementRule rule(HaContent.Rule rule) {
        PlacementRule.Builder message = PlacementRule.newBuilder()
                .setName(rule.name())
                .setKind(
                        switch (rule.bond()) {
                            case KEEP_TOGETHER -> "keepTogether";
                            case KEEP_APART -> "keepApart";
                            case MUST_RUN_ON -> "mustRunOn";
                            case MUST_NOT_RUN_ON -> "mustNotRunOn";
                        });
        rule.vms().forEach(vm -> message.addVmIds(vm.value()));
        rule.hosts().forEach(host -> message.addHostIds(host.value()));
        return message.build();
    }

    static HaReport report(AvailabilityStatus status) {
        return new HaReport(
                status.getClusterId(),
                status.getConfigVersion(),
                mode(status.getMode()),
                new HaReport.Guard(
                        status.getGuardUp(),
                        status.getLeaseHeld(),
                        status.getLeaseLeftMs(),
                        status.getFenceProof(),
                        status.getFenceProblem(),
                        status.getWatchdog()),
                status.getDatastoreProblem(),
                new HaReport.Network(
                        status.getIsolated(),
                        status.getHeardHostIdsList().stream().map(HostId::new).toList()),
                new HaReport.Coordination(
                        status.getCoordinator(),
                        status.getTerm(),
                        status.getVerdictsList().stream()
                                .map(each -> new HaReport.Verdict(new HostId(each.getHostId()), each.getVerdict()))
                                .toList(),
                        status.getRestartsList().stream()
                                .map(each -> new HaReport.Restart(
                                        new VirtualMachineId(each.getVmId()),
                                        each.getStage(),
                                        each.getTargetHostId(),
                                        each.getAttempts(),
                                        each.getWantedForMs(),
                                        each.getReason()))
                                .toList()),
                status.getVmsList().stream()
                        .map(each -> new HaReport.VmPhase(
                                new VirtualMachineId(each.getVmId()), each.getGeneration(), each.getPhase()))
                        .toList());
    }

    /** Whether an event is one of high availability, be it known here or not. */
    static boolean isAvailability(VmEvent event) {
        return event.getKind().startsWith("ha");
    }

    /** Empty for a kind that only a newer agent knows. */
    static Optional<HaHappening> happening(VmEvent event) {
        EventType type = KINDS.get(event.getKind());
        return type == null
                ? Optional.empty()
                : Optional.of(new HaHappening(
                        type,
                        event.getVmId().isEmpty() ? null : new VirtualMachineId(event.getVmId()),
                        event.getDetail(),
                        event.getEventNumber(),
                        event.getTimeEpochMs() == 0 ? null : Instant.ofEpochMilli(event.getTimeEpochMs())));
    }
}
