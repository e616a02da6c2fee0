package dev.sternpost.sdk.fake;

import com.google.protobuf.Timestamp;
import dev.sternpost.proto.ha.v1.DisarmHaRequest;
import dev.sternpost.proto.ha.v1.DisarmHaResponse;
import dev.sternpost.proto.ha.v1.GetHaRequest;
import dev.sternpost.proto.ha.v1.GetHaResponse;
import dev.sternpost.proto.ha.v1.HaFailover;
import dev.sternpost.proto.ha.v1.HaFailoverEvent;
import dev.sternpost.proto.ha.v1.HaHost;
import dev.sternpost.proto.ha.v1.HaIsolationResponse;
import dev.sternpost.proto.ha.v1.HaMode;
import dev.sternpost.proto.ha.v1.HaPlannedStart;
import dev.sternpost.proto.ha.v1.HaPriority;
import dev.sternpost.proto.ha.v1.HaReadiness;
import dev.sternpost.proto.ha.v1.HaRestart;
import dev.sternpost.proto.ha.v1.HaServiceGrpc.HaServiceImplBase;
import dev.sternpost.proto.ha.v1.HaSettings;
import dev.sternpost.proto.ha.v1.HaState;
import dev.sternpost.proto.ha.v1.HaStatus;
import dev.sternpost.proto.ha.v1.HaStranded;
import dev.sternpost.proto.ha.v1.HaTiming;
import dev.sternpost.proto.ha.v1.HaVm;
import dev.sternpost.proto.ha.v1.HaVmSettings;
import dev.sternpost.proto.ha.v1.RearmHaRequest;
import dev.sternpost.proto.ha.v1.RearmHaResponse;
import dev.sternpost.proto.ha.v1.SetVmHaRequest;
import dev.sternpost.proto.ha.v1.SetVmHaResponse;
import dev.sternpost.proto.ha.v1.TestFailoverRequest;
import dev.sternpost.proto.ha.v1.TestFailoverResponse;
import dev.sternpost.proto.ha.v1.UpdateHaRequest;
import dev.sternpost.proto.ha.v1.UpdateHaResponse;
import io.grpc.stub.StreamObserver;

/** A cluster of which one host has just failed; one of its virtual machines runs again, another waits. */
final class FakeHaService extends HaServiceImplBase {
    private static final Timestamp FAILED =
            Timestamp.newBuilder().setSeconds(1_767_225_600).build();

    private HaSettings settings = HaSettings.newBuilder()
            .setClusterId("domain-c8")
            .setClusterName("cluster-1")
            .setState(HaState.HA_STATE_ON)
            .setHeartbeatDatastoreId("datastore-11")
            .setHeartbeatDatastoreName("shared1")
            .setTiming(HaTiming.HA_TIMING_DEFAULT)
            .setAdmission(dev.sternpost.proto.ha.v1.HaAdmission.newBuilder().setHostFailures(1))
            .setIsolationResponse(HaIsolationResponse.HA_ISOLATION_RESPONSE_LEAVE_ON)
            .build();

    @Override
    public void getHa(GetHaRequest request, StreamObserver<GetHaResponse> answer) {
        FakeReply.send(
                answer,
                () -> GetHaResponse.newBuilder()
                        .setSettings(settings)
                        .setStatus(status())
                        .build());
    }

    private static HaStatus status() {
        return HaStatus.newBuilder()
                .setConfigVersion(12)
                .setCoordinatorHostId("host-13")
                .setCoordinatorHostName("host-2")
                .setTerm(3)
                .setFailuresAbsorbed(0)
                .setAdmissionProblem("1 host failures are to be tolerated, and only 1 hosts are in use.")
                .setProblem(
                        "Only host-2 could start anything, so what runs there has nowhere to go; host-3: its guard is not there.")
                .addHosts(HaHost.newBuilder()
                        .setHostName("host-1")
                        .setMember(true)
                        .setVerdict("dead"))
                .addHosts(host("host-2", "host-3").setWatchdog("/dev/watchdog"))
                .addHosts(host("host-3", "host-2")
                        .setConfigVersion(11)
                        .setCurrent(false)
                        .setFenceProof("")
                        .setProblem("its guard is not there"))
                .addVms(vm("db-1", "host-2")
                        .setUnprotectedReason("no other host could start it")
                        .setPhase("running"))
                .addVms(vm("web-1", "host-1")
                        .setRestart(HaRestart.newBuilder()
                                .setStage("waiting")
                                .setAttempts(1)
                                .setWantedForMs(4_200)
                                .setReason("no host has 4096 MiB and 0 MHz left")))
                .addVms(vm("web-2", "host-3")
                        .setDownReason("down, and waits: the coordinator is about to take it up")
                        .setPhase("lost"))
                .addVms(vm("test-1", "host-1")
                        .setPriority(HaPriority.HA_PRIORITY_DISABLED)
                        .setUnprotectedReason("its restart is disabled"))
                .addVms(vm("old-1", "host-2").setUnprotectedReason("it does not run"))
                .setLastFailover(HaFailover.newBuilder()
                        .setStartTime(FAILED)
                        .setEndTime(FAILED.toBuilder().setNanos(900_000_000))
                        .setWantedCount(2)
                        .setRestartedCount(1)
                        .setFailedCount(1)
                        .addEvents(event(0, "host-2: host-1 is dead"))
                        .addEvents(event(100, "host-2: db-1 is to be started again"))
                        .addEvents(event(900, "host-2: db-1 runs on host-2")))
                .build();
    }

    private static HaHost.Builder host(String name, String hears) {
        return HaHost.newBuilder()
                .setHostName(name)
                .setConnected(true)
                .setMember(true)
                .setMode(HaMode.HA_MODE_ARMED)
                .setConfigVersion(12)
                .setCurrent(true)
                .setVerdict("alive")
                .setGuardUp(true)
                .setLeaseHeld(true)
                .setLeaseLeftMs(7_400)
                .setFenceProof("a process was stopped in 4 ms")
                .addHeardHostNames(hears);
    }

    private static HaVm.Builder vm(String name, String host) {
        return HaVm.newBuilder().setVmName(name).setHostName(host).setPriority(HaPriority.HA_PRIORITY_MEDIUM);
    }

    private static HaFailoverEvent event(long after, String message) {
        return HaFailoverEvent.newBuilder()
                .setTime(FAILED)
                .setAfterMs(after)
                .setMessage(message)
                .build();
    }

    @Override
    public void updateHa(UpdateHaRequest request, StreamObserver<UpdateHaResponse> answer) {
        FakeReply.send(answer, () -> {
            HaSettings.Builder changed = settings.toBuilder();
            if (request.hasAdmission()) {
                changed.setAdmission(request.getAdmission());
                if (request.getAdmission().hasDedicatedHosts()) {
                    changed.getAdmissionBuilder()
                            .getDedicatedHostsBuilder()
                            .addAllHostNames(
                                    request.getAdmission().getDedicatedHosts().getHostIdsList());
                }
            }
            if (request.getTiming() != HaTiming.HA_TIMING_UNSPECIFIED) {
                changed.setTiming(request.getTiming());
            }
            if (request.getIsolationResponse() != HaIsolationResponse.HA_ISOLATION_RESPONSE_UNSPECIFIED) {
                changed.setIsolationResponse(request.getIsolationResponse());
            }
            settings = changed.setMonitoring(request.getMonitoring())
                    .addAllIsolationAddresses(request.getIsolationAddressesList())
                    .build();
            return UpdateHaResponse.newBuilder().setSettings(settings).build();
        });
    }

    @Override
    public void disarmHa(DisarmHaRequest request, StreamObserver<DisarmHaResponse> answer) {
        FakeReply.send(answer, () -> {
            settings = settings.toBuilder()
                    .setDisarmReason(request.getReason())
                    .setDisarmTime(FAILED)
                    .build();
            return DisarmHaResponse.newBuilder().setSettings(settings).build();
        });
    }

    @Override
    public void rearmHa(RearmHaRequest request, StreamObserver<RearmHaResponse> answer) {
        FakeReply.send(answer, () -> {
            settings =
                    settings.toBuilder().clearDisarmReason().clearDisarmTime().build();
            return RearmHaResponse.newBuilder().setSettings(settings).build();
        });
    }

    @Override
    public void setVmHa(SetVmHaRequest request, StreamObserver<SetVmHaResponse> answer) {
        FakeReply.send(answer, () -> {
            HaVmSettings.Builder vm = HaVmSettings.newBuilder()
                    .setVmName(request.getVm())
                    .setPriority(
                            request.getPriority() == HaPriority.HA_PRIORITY_UNSPECIFIED
                                    ? HaPriority.HA_PRIORITY_MEDIUM
                                    : request.getPriority())
                    .setIsolationResponse(request.getIsolationResponse())
                    .setReadiness(
                            request.getReadiness() == HaReadiness.HA_READINESS_UNSPECIFIED
                                    ? HaReadiness.HA_READINESS_POWERED_ON
                                    : request.getReadiness())
                    .setReadyAfterMs(request.getReadyAfterMs())
                    .addAllDependsOnVmNames(request.getDependsOnVmsList());
            if (request.hasMonitoring()) {
                vm.setMonitoring(request.getMonitoring());
            }
            return SetVmHaResponse.newBuilder().setSettings(vm).build();
        });
    }

    @Override
    public void testFailover(TestFailoverRequest request, StreamObserver<TestFailoverResponse> answer) {
        FakeReply.send(
                answer,
                () -> TestFailoverResponse.newBuilder()
                        .addStarts(HaPlannedStart.newBuilder()
                                .setVmName("db-1")
                                .setFromHostName(request.getHosts(0))
                                .setToHostName("host-3")
                                .setPriority(HaPriority.HA_PRIORITY_HIGHEST)
                                .setWave(1))
                        .addStranded(HaStranded.newBuilder()
                                .setVmName("web-1")
                                .setFromHostName(request.getHosts(0))
                                .setPriority(HaPriority.HA_PRIORITY_MEDIUM)
                                .setReason("no host has 4096 MiB and 0 MHz left"))
                        .build());
    }
}
