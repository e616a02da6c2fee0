package dev.sternpost.agent.endpoint;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sternpost.agent.availability.AvailabilityView;
import dev.sternpost.agent.availability.Plan;
import dev.sternpost.agent.availability.ProtocolWords;
import dev.sternpost.agent.operation.VmPlace;
import dev.sternpost.ha.monitoring.GuestMonitoring;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.IsolationResponse;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.policy.Readiness;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.policy.RestartSettings;
import dev.sternpost.ha.restart.RestartItem;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.proto.agent.v1.AvailabilityConfig;
import dev.sternpost.proto.agent.v1.AvailabilityHost;
import dev.sternpost.proto.agent.v1.AvailabilityMode;
import dev.sternpost.proto.agent.v1.AvailabilityStatus;
import dev.sternpost.proto.agent.v1.HostVerdict;
import dev.sternpost.proto.agent.v1.ProtectedVmState;
import dev.sternpost.proto.agent.v1.Restart;
import java.net.InetSocketAddress;
import java.util.TreeMap;

/** High availability between agent and server, in terms of both. */
public final class AvailabilityMessages {
    private AvailabilityMessages() {}

    /**
     * What is to be kept up; no bytes stand for nothing.
     *
     * @throws IllegalArgumentException saying what makes no sense
     */
    public static Plan plan(byte[] bytes) {
        try {
            return plan(AvailabilityConfig.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a configuration: " + e.getMessage(), e);
        }
    }

    static Plan plan(AvailabilityConfig told) {
        TreeMap<HostId, MemberHost> hosts = new TreeMap<>();
        TreeMap<HostId, InetSocketAddress> peers = new TreeMap<>();
        for (AvailabilityHost host : told.getHostsList()) {
            HostId id = new HostId(host.getHostId());
            hosts.put(id, new MemberHost(id, host.getMemoryBytes(), host.getCpuMhz(), host.getOpen(), host.getSpare()));
            if (!host.getRelayAddress().isEmpty()) {
                peers.put(id, CommandReader.address(host.getRelayAddress()));
            }
        }
        TreeMap<VirtualMachineId, ProtectedVm> vms = new TreeMap<>();
        TreeMap<VirtualMachineId, VmPlace> places = new TreeMap<>();
        TreeMap<VirtualMachineId, GuestMonitoring> monitoring = new TreeMap<>();
        for (dev.sternpost.proto.agent.v1.ProtectedVm vm : told.getVmsList()) {
            VirtualMachineId id = new VirtualMachineId(vm.getVmId());
            vms.put(id, vm(id, vm));
            places.put(id, new VmPlace(vm.getDatastoreUuid(), vm.getDirectory()));
            if (vm.hasMonitoring()) {
                monitoring.put(id, monitoring(vm.getMonitoring()));
            }
        }
        Plan.Mode mode = mode(told.getMode());
        HaTiming timing = told.getTiming().equals("patient") ? HaTiming.PATIENT : HaTiming.DEFAULT;
        return new Plan(
                told.getClusterId(),
                mode,
                told.getHeartbeatDatastoreUuid(),
                new ClusterConfig(
                        told.getVersion(), mode == Plan.Mode.ARMED, timing, RestartSettings.DEFAULT, hosts, vms),
                peers,
                places,
                monitoring,
                PlacementRules.of(told.getRulesList()),
                told.getIsolationAddressesList(),
                new Plan.Source(told.toByteArray()));
    }

    private static GuestMonitoring monitoring(dev.sternpost.proto.agent.v1.GuestMonitoring told) {
        return new GuestMonitoring(
                told.getFailureIntervalMs(), told.getMinUptimeMs(), told.getResetsMax(), told.getWindowMs());
    }

    private static Plan.Mode mode(AvailabilityMode mode) {
        return switch (mode) {
            case AVAILABILITY_MODE_ARMED -> Plan.Mode.ARMED;
            case AVAILABILITY_MODE_DISARMED -> Plan.Mode.DISARMED;
            case AVAILABILITY_MODE_OFF, AVAILABILITY_MODE_UNSPECIFIED -> Plan.Mode.OFF;
            case UNRECOGNIZED -> throw new IllegalArgumentException("unknown mode " + mode);
        };
    }

    private static ProtectedVm vm(VirtualMachineId id, dev.sternpost.proto.agent.v1.ProtectedVm vm) {
        return new ProtectedVm(
                id,
                vm.getMemoryBytes(),
                vm.getCpuMhz(),
                vm.getPriority().isEmpty()
                        ? RestartPriority.MEDIUM
                        : ProtocolWords.constant(RestartPriority.class, vm.getPriority()),
                vm.getIsolationResponse().isEmpty()
                        ? IsolationResponse.LEAVE_ON
                        : ProtocolWords.constant(IsolationResponse.class, vm.getIsolationResponse()),
                new Readiness(
                        vm.getReadiness().isEmpty()
                                ? Readiness.Condition.POWERED_ON
                                : ProtocolWords.constant(Readiness.Condition.class, vm.getReadiness()),
                        vm.getReadyAfterMs()),
                vm.getDependsOnVmIdsList().stream().map(VirtualMachineId::new).toList());
    }

    static AvailabilityStatus status(AvailabilityView view) {
        AvailabilityStatus.Builder status = AvailabilityStatus.newBuilder()
                .setClusterId(view.plan().clusterId())
                .setConfigVersion(view.plan().config().version())
                .setMode(
                        switch (view.plan().mode()) {
                            case OFF -> AvailabilityMode.AVAILABILITY_MODE_OFF;
                            case DISARMED -> AvailabilityMode.AVAILABILITY_MODE_DISARMED;
                            case ARMED -> AvailabilityMode.AVAILABILITY_MODE_ARMED;
                        });
        AvailabilityView.Membership membership = view.membership();
        if (membership != null) {
            status.setGuardUp(membership.guardUp())
                    .setLeaseHeld(membership.leaseLeftMillis() > 0)
                    .setLeaseLeftMs(membership.leaseLeftMillis())
                    .setFenceProof(membership.fenceProof())
                    .setFenceProblem(membership.fenceProblem())
                    .setWatchdog(membership.watchdog())
                    .setDatastoreProblem(membership.datastoreProblem());
            AvailabilityView.Machine machine = membership.machine();
            if (machine != null) {
                machine(machine, view.atMillis(), status);
            }
        }
        return status.build();
    }

    private static void machine(AvailabilityView.Machine machine, long now, AvailabilityStatus.Builder status) {
        status.setIsolated(machine.isolated())
                .setCoordinator(machine.coordinator())
                .setTerm(machine.term());
        machine.heard().forEach(host -> status.addHeardHostIds(host.value()));
        machine.verdicts()
                .forEach((host, verdict) -> status.addVerdicts(
                        HostVerdict.newBuilder().setHostId(host.value()).setVerdict(ProtocolWords.word(verdict))));
        machine.restarts().forEach(item -> status.addRestarts(restart(item, now)));
        machine.vms()
                .forEach(entry -> status.addVms(ProtectedVmState.newBuilder()
                        .setVmId(entry.vmId().value())
                        .setGeneration(entry.generation())
                        .setPhase(ProtocolWords.word(entry.phase()))));
    }

    private static Restart restart(RestartItem item, long now) {
        Restart.Builder restart = Restart.newBuilder()
                .setVmId(item.vmId().value())
                .setStage(ProtocolWords.word(item.stage()))
                .setAttempts(item.attempts())
                .setWantedForMs(Math.max(0, now - item.wantedSinceMillis()))
                .setReason(item.reason());
        if (item.target() != null) {
            restart.setTargetHostId(item.target().value());
        }
        return restart.build();
    }
}
