package dev.sternpost.server.agentlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.AgentLinkServiceGrpc;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandProgress;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConsoleLog;
import dev.sternpost.proto.agent.v1.Heartbeat;
import dev.sternpost.proto.agent.v1.Hello;
import dev.sternpost.proto.agent.v1.HostFacts;
import dev.sternpost.proto.agent.v1.RenewCertificateRequest;
import dev.sternpost.proto.agent.v1.VmEvent;
import dev.sternpost.proto.type.v1.Fault;
import dev.sternpost.server.JsonClient;
import dev.sternpost.server.TestServer;
import dev.sternpost.server.certificate.TestCertificates;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.host.HostProgress;
import dev.sternpost.testkit.Await;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The link over real mutual TLS, with an agent that does what each test wants. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgentLinkTest {
    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final dev.sternpost.inventory.fault.Fault RUNS_ELSEWHERE =
            dev.sternpost.inventory.fault.Fault.of(FaultCode.VM_RUNS_ELSEWHERE, "It runs on host-777.");

    private TestServer server;
    private JsonClient client;
    private int hosts;

    @BeforeAll
    void start(@TempDir Path home) {
        server = TestServer.start(home);
        client = new JsonClient(server).login(server.password());
        client.post("/api/v1/datacenters", "{\"name\":\"DC0\"}");
        client.post("/api/v1/clusters", "{\"folder\":\"/DC0/host\",\"name\":\"c1\"}");
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    /** A host of its own for each test. */
    private FakeAgent newAgent() throws Exception {
        hosts++;
        var added = client.post(
                "/api/v1/hosts", "{\"parent\":\"/DC0/host/c1\",\"name\":\"host-%d.test\"}".formatted(hosts));
        assertThat(added.status()).as(added.text()).isEqualTo(200);
        return FakeAgent.enrol(server, added.json().at("/token").asString());
    }

    private AgentLinks links() {
        return server.bean(AgentLinks.class);
    }

    private Host host(HostId id) {
        return server.inventory().snapshot().get(id);
    }

    private void awaitConnected(HostId id) {
        Await.until("host connected", BOUND, () -> links().isConnected(id));
    }

    @Test
    void an_enrolled_agent_is_welcomed_and_its_host_connected() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream stream = agent.connect(1);

            assertThat(stream.next().getWelcome().getProtocolVersion()).isEqualTo(1);
            Await.until(
                    "inventory says connected",
                    BOUND,
                    () -> host(agent.host()).connectionState() == HostConnectionState.CONNECTED);
        }
    }

    @Test
    void a_token_lets_one_agent_in_and_no_second() throws Exception {
        hosts++;
        String token = client.post(
                        "/api/v1/hosts", "{\"parent\":\"/DC0/host/c1\",\"name\":\"host-%d.test\"}".formatted(hosts))
                .json()
                .at("/token")
                .asString();
        FakeAgent.enrol(server, token).close();

        assertThatThrownBy(() -> FakeAgent.enrol(server, token))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAUTHENTICATED");
    }

    @Test
    void facts_and_heartbeats_show_in_the_host() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream stream = agent.connect(1);
            stream.send(ConnectRequest.newBuilder()
                    .setHostFacts(HostFacts.newBuilder()
                            .setCpuModel("test")
                            .setCpuCount(4)
                            .setCpuMhz(2000)
                            .setMemoryBytes(8L << 30)
                            .setAccelerator("tcg")
                            .setAcceleratorReason("it is a test")
                            .setQemuVersion("7.2")
                            .setRelayAddress("127.0.1.1:7450"))
                    .build());
            stream.send(ConnectRequest.newBuilder()
                    .setHeartbeat(Heartbeat.newBuilder().setMemoryFreeBytes(5L << 30))
                    .build());

            Await.until(
                    "free memory is known",
                    BOUND,
                    () -> client.get("/api/v1/hosts/" + agent.host())
                            .json()
                            .at("/host/memoryFreeBytes")
                            .asString()
                            .equals(Long.toString(5L << 30)));
            var shown = client.get("/api/v1/hosts/" + agent.host()).json().at("/host");
            assertThat(shown.at("/accelerator").asString()).isEqualTo("ACCELERATOR_TCG");
            assertThat(shown.at("/agentVersion").asString()).isEqualTo("0.1.0");
        }
    }

    @Test
    void a_command_reaches_the_agent_with_its_fences_and_its_answer_comes_back() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream stream = agent.connect(1);
            stream.next();
            List<HostProgress> progress = new CopyOnWriteArrayList<>();
            HostCommand order = new HostCommand(
                    "task-7/read",
                    "task-7",
                    3,
                    new VirtualMachineId("vm-5"),
                    9,
                    null,
                    new HostOperation.ReadConsole(10));

            CompletableFuture<HostAnswer> answer =
                    links().send(agent.host(), order, BOUND, progress::add).toCompletableFuture();

            Command command = stream.next().getCommand();
            assertThat(command.getCommandId()).isEqualTo("task-7/read");
            assertThat(command.getLeaseEpoch()).isEqualTo(3);
            assertThat(command.getVmId()).isEqualTo("vm-5");
            assertThat(command.getGeneration()).isEqualTo(9);
            assertThat(command.getReadConsole().getTailBytes()).isEqualTo(10);
            stream.send(ConnectRequest.newBuilder()
                    .setCommandProgress(CommandProgress.newBuilder()
                            .setCommandId("task-7/read")
                            .setPercent(40)
                            .setDetail("reading"))
                    .build());
            stream.result(CommandResult.newBuilder()
                    .setCommandId("task-7/read")
                    .setConsoleLog(ConsoleLog.newBuilder().setTotalBytes(1234))
                    .build());
            assertThat(answer.get(10, TimeUnit.SECONDS).payload())
                    .isInstanceOfSatisfying(
                            HostPayload.ConsoleLog.class,
                            log -> assertThat(log.totalBytes()).isEqualTo(1234));
            assertThat(progress).extracting(HostProgress::percent).containsExactly(40);
        }
    }

    @Test
    void a_command_is_sent_again_on_the_next_stream_until_it_is_answered() throws Exception {
        try (FakeAgent agent = newAgent()) {
            CompletableFuture<HostAnswer> answer = links().send(agent.host(), query("task-1/a"), BOUND, report -> {})
                    .toCompletableFuture();
            FakeAgent.Stream first = agent.connect(1);
            first.next();
            assertThat(first.next().getCommand().getCommandId()).isEqualTo("task-1/a");

            FakeAgent.Stream second = agent.connect(2);
            second.next();
            assertThat(second.next().getCommand().getCommandId()).isEqualTo("task-1/a");
            second.result(CommandResult.newBuilder().setCommandId("task-1/a").build());

            assertThat(answer.get(10, TimeUnit.SECONDS).payload()).isEqualTo(new HostPayload.None());
        }
    }

    @Test
    void a_fault_of_the_agent_comes_back_as_it_is() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream stream = agent.connect(1);
            stream.next();
            CompletableFuture<HostAnswer> answer = links().send(agent.host(), query("task-2/a"), BOUND, report -> {})
                    .toCompletableFuture();
            stream.next();
            stream.result(CommandResult.newBuilder()
                    .setCommandId("task-2/a")
                    .setFault(Fault.newBuilder().setCode("VM_LOCKED").setMessage("Locked by host-9."))
                    .build());

            assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            FaultException.class, e -> assertThat(e.code()).isEqualTo(FaultCode.VM_LOCKED));
        }
    }

    @Test
    void a_command_to_a_host_that_never_comes_fails_as_not_connected() {
        CompletableFuture<HostAnswer> answer = links().send(
                        new HostId("host-777"), query("task-3/a"), Duration.ofMillis(50), report -> {})
                .toCompletableFuture();

        assertThat(code(answer)).isEqualTo(FaultCode.HOST_NOT_CONNECTED);
    }

    @Test
    void a_command_about_a_vm_that_runs_elsewhere_ends_and_is_not_sent_when_its_host_is_back() throws Exception {
        try (FakeAgent agent = newAgent()) {
            CompletableFuture<HostAnswer> answer = links().send(agent.host(), query("task-5/a"), BOUND, report -> {})
                    .toCompletableFuture();
            CompletableFuture<HostAnswer> later = links().send(
                            agent.host(), query("task-5/read", "vm-2"), BOUND, report -> {})
                    .toCompletableFuture();
            links().overtaken(new VirtualMachineId("vm-1"), new HostId("host-777"), RUNS_ELSEWHERE);
            assertThat(code(answer)).isEqualTo(FaultCode.VM_RUNS_ELSEWHERE);

            FakeAgent.Stream stream = agent.connect(1);
            stream.next();
            assertThat(stream.next().getCommand().getCommandId()).isEqualTo("task-5/read");
            assertThat(later).isNotDone();
        }
    }

    @Test
    void a_host_that_is_connected_answers_for_itself() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream stream = agent.connect(1);
            stream.next();
            CompletableFuture<HostAnswer> answer = links().send(agent.host(), query("task-6/a"), BOUND, report -> {})
                    .toCompletableFuture();
            links().overtaken(new VirtualMachineId("vm-1"), new HostId("host-777"), RUNS_ELSEWHERE);
            assertThat(answer).isNotDone();
        }
    }

    @Test
    void a_command_that_was_sent_and_not_answered_fails_as_unknown() throws Exception {
        try (FakeAgent agent = newAgent()) {
            agent.connect(1).next();
            awaitConnected(agent.host());

            CompletableFuture<HostAnswer> answer = links().send(
                            agent.host(), query("task-4/a"), Duration.ofMillis(200), report -> {})
                    .toCompletableFuture();

            assertThat(code(answer)).isEqualTo(FaultCode.OPERATION_TIMED_OUT);
        }
    }

    @Test
    void a_newer_stream_takes_over_from_the_older_one() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream older = agent.connect(1);
            older.next();
            FakeAgent.Stream newer = agent.connect(2);
            newer.next();

            assertThat(older.ended.get(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(links().isConnected(agent.host())).isTrue();
            assertThat(host(agent.host()).incarnation()).isEqualTo(2);
        }
    }

    @Test
    void an_agent_from_before_a_restart_is_refused() throws Exception {
        try (FakeAgent agent = newAgent()) {
            agent.connect(5).next();
            awaitConnected(agent.host());

            FakeAgent.Stream stale = agent.connect(4);

            assertThat(Status.fromThrowable(stale.ended.get(10, TimeUnit.SECONDS))
                            .getCode())
                    .isEqualTo(Status.Code.ABORTED);
            assertThat(links().isConnected(agent.host())).isTrue();
        }
    }

    @Test
    void an_agent_that_says_it_is_another_host_is_refused() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream stream = agent.open(Hello.newBuilder()
                    .setProtocolVersion(1)
                    .setHostId("host-999")
                    .setIncarnation(1)
                    .build());

            Throwable refusal = stream.ended.get(10, TimeUnit.SECONDS);

            assertThat(Status.fromThrowable(refusal).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(refusal).hasMessageContaining("another host");
        }
    }

    @Test
    void an_agent_of_another_protocol_version_is_told_so() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream stream = agent.open(Hello.newBuilder()
                    .setProtocolVersion(99)
                    .setHostId(agent.host().value())
                    .build());

            assertThat(stream.ended.get(10, TimeUnit.SECONDS)).hasMessageContaining("version 1");
        }
    }

    @Test
    void a_certificate_of_another_authority_does_not_get_through_the_handshake(@TempDir Path elsewhere)
            throws Exception {
        try (TestServer other = TestServer.start(elsewhere);
                FakeAgent agent = newAgent()) {
            KeyPair keys = FakeAgent.newKeys();
            var forged = TestCertificates.forHost(other.authority(), agent.host(), keys.getPublic());
            try (FakeAgent impostor = new FakeAgent(server, agent.host(), keys, forged)) {
                Throwable refusal = impostor.connect(1).ended.get(10, TimeUnit.SECONDS);

                assertThat(Status.fromThrowable(refusal).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(links().isConnected(agent.host())).isFalse();
            }
        }
    }

    @Test
    void a_withdrawn_certificate_ends_the_stream_and_opens_no_other() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream stream = agent.connect(1);
            stream.next();
            awaitConnected(agent.host());

            assertThat(client.delete("/api/v1/hosts/" + agent.host()).status()).isEqualTo(200);

            assertThat(Status.fromThrowable(stream.ended.get(10, TimeUnit.SECONDS))
                            .getCode())
                    .isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(agent.connect(2).ended.get(10, TimeUnit.SECONDS)).hasMessageContaining("withdrawn");
        }
    }

    @Test
    void an_agent_gets_a_fresh_certificate_and_connects_with_it() throws Exception {
        try (FakeAgent agent = newAgent()) {
            KeyPair keys = FakeAgent.newKeys();
            String pem = AgentLinkServiceGrpc.newBlockingStub(agent.channel())
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .renewCertificate(RenewCertificateRequest.newBuilder()
                            .setCertificateSigningRequestPem(FakeAgent.request(keys))
                            .build())
                    .getCertificatePem();

            try (FakeAgent renewed = new FakeAgent(server, agent.host(), keys, FakeAgent.certificate(pem))) {
                assertThat(renewed.connect(1).next().hasWelcome()).isTrue();
            }
            assertThat(agent.connect(2).next().hasWelcome())
                    .as("the old one is still good")
                    .isTrue();
        }
    }

    @Test
    void events_are_acknowledged_once_they_are_stored() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream stream = agent.connect(1);
            stream.next();
            stream.send(ConnectRequest.newBuilder()
                    .setVmEvent(VmEvent.newBuilder()
                            .setVmId("vm-12345")
                            .setGeneration(1)
                            .setKind("engineDied")
                            .setDetail("gone")
                            .setEventNumber(17))
                    .build());

            assertThat(stream.next().getEventAck().getEventNumber()).isEqualTo(17);
        }
    }

    @Test
    void a_message_that_makes_no_sense_ends_the_stream_with_a_reason() throws Exception {
        try (FakeAgent agent = newAgent()) {
            FakeAgent.Stream stream = agent.connect(1);
            stream.next();
            stream.send(ConnectRequest.newBuilder()
                    .setHostFacts(HostFacts.newBuilder().setAccelerator("abacus"))
                    .build());

            Throwable refusal = stream.ended.get(10, TimeUnit.SECONDS);
            assertThat(refusal).hasMessageContaining("abacus");
            Await.until("host let go", BOUND, () -> !links().isConnected(agent.host()));
        }
    }

    @Test
    void a_task_that_ended_while_the_host_was_away_is_forgotten_when_it_is_back() throws Exception {
        try (FakeAgent agent = newAgent()) {
            links().forgetTask(agent.host(), "task-99");
            FakeAgent.Stream stream = agent.connect(1);
            stream.next();

            assertThat(stream.next().getTaskForgotten().getTaskId()).isEqualTo("task-99");
        }
    }

    private static HostCommand query(String key) {
        return query(key, "vm-1");
    }

    private static HostCommand query(String key, String vm) {
        return new HostCommand(key, "task-1", 1, new VirtualMachineId(vm), 1, null, new HostOperation.QueryVm());
    }

    private static FaultCode code(CompletableFuture<HostAnswer> answer) {
        Throwable failure = catchThrowable(() -> answer.get(10, TimeUnit.SECONDS));
        if (failure instanceof ExecutionException execution && execution.getCause() instanceof FaultException fault) {
            return fault.code();
        }
        throw new AssertionError("not a fault", failure);
    }
}
