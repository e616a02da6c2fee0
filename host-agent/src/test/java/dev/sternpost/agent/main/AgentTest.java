package dev.sternpost.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.agent.endpoint.FakeServer;
import dev.sternpost.agent.engine.simulated.SimulatedEngine;
import dev.sternpost.agent.engine.simulated.SimulatedGuest;
import dev.sternpost.agent.engine.simulated.SimulatedHardware;
import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.IdentityFiles;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConnectRequest.MessageCase;
import dev.sternpost.proto.agent.v1.CreateVm;
import dev.sternpost.proto.agent.v1.PowerOffVm;
import dev.sternpost.proto.agent.v1.PowerOnVm;
import dev.sternpost.proto.agent.v1.QueryVm;
import dev.sternpost.proto.agent.v1.StatisticsReport;
import dev.sternpost.proto.agent.v1.VmDirectory;
import dev.sternpost.proto.agent.v1.VmSpec;
import dev.sternpost.proto.agent.v1.VmStatus;
import dev.sternpost.testkit.Await;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole agent over simulated hardware, and a server by hand. */
@Timeout(120)
class AgentTest {

    private static final Duration BOUND = Duration.ofSeconds(30);

    private final TestAuthority authority = new TestAuthority();
    private final SimulatedHardware hardware = new SimulatedHardware();

    @TempDir
    Path directory;

    private FakeServer server;
    private @Nullable Agent agent;

    @BeforeEach
    void startServer() throws IOException {
        server = new FakeServer(authority, "host-7");
        Files.createDirectories(directory.resolve("shared"));
        Files.createDirectories(directory.resolve("run"));
    }

    @AfterEach
    void end() throws InterruptedException {
        if (agent != null) {
            agent.close();
        }
        // A simulated machine outlives its agent, and would compute on through all the tests to come.
        hardware.guest(directory.resolve("run"), "vm-1").ifPresent(SimulatedGuest::kill);
        server.close();
    }

    @Test
    void it_says_who_it_is_what_it_has_and_that_it_lives() {
        startAgent(authority.host("host-7", server.address()));

        ConnectRequest hello = server.await(MessageCase.HELLO);
        assertThat(hello.getHello().getHostId()).isEqualTo("host-7");
        assertThat(hello.getHello().getIncarnation()).isEqualTo(1);
        assertThat(hello.getHello().getProtocolVersion()).isEqualTo(1);
        assertThat(hello.getHello().getBootId()).isNotEmpty();
        assertThat(server.await(MessageCase.HOST_FACTS).getHostFacts()).satisfies(facts -> {
            assertThat(facts.getDatastoresList()).singleElement().satisfies(datastore -> {
                assertThat(datastore.getName()).isEqualTo("shared1");
                assertThat(datastore.getAccessible()).isTrue();
            });
            assertThat(facts.getNetworks(0).getName()).isEqualTo("VM Network");
            assertThat(facts.getRelayAddress()).matches("127\\.0\\.0\\.1:[0-9]+");
            assertThat(facts.getMemoryBytes()).isPositive();
            assertThat(facts.getNoticesList()).contains("a notice");
        });
        assertThat(server.await(MessageCase.VM_INVENTORY).getVmInventory().getVmsCount())
                .isZero();
        assertThat(server.await(MessageCase.HEARTBEAT).getHeartbeat().getMemoryFreeBytes())
                .isPositive();
        assertThat(server.heard.getFirst().hasHello()).isTrue();
    }

    @Test
    void commands_come_back_done_and_changes_are_reported() {
        startAgent(authority.host("host-7", server.address()));

        CommandResult created = run(create("task-1"));
        CommandResult on = run(powerOn("task-2", 2));

        assertThat(created.getSpec().getName()).isEqualTo("app-1");
        assertThat(created.hasFault()).isFalse();
        assertThat(on.getVm().getPowerState()).isEqualTo("poweredOn");
        assertThat(on.getVm().getRunning()).isTrue();
        assertThat(on.getVm().getLockOwner()).isEqualTo("host-7@2");
        Await.until(
                "the report",
                BOUND,
                () -> server.last(MessageCase.VM_STATUS)
                        .map(ConnectRequest::getVmStatus)
                        .filter(status -> status.getPowerState().equals("poweredOn"))
                        .isPresent());
    }

    @Test
    void a_server_that_dies_does_not_touch_the_guests_and_finds_everything_again() throws Exception {
        startAgent(authority.host("host-7", server.address()));
        run(create("task-1"));
        Command powerOn = powerOn("task-2", 2);
        CommandResult first = run(powerOn);

        server.stop();
        Await.until("the agent to notice", BOUND, () -> !agent().link().isConnected());
        assertThat(agent().operations().runningCount()).isEqualTo(1);
        server.heard.clear();
        server.startAgain();

        VmStatus found = server.await(MessageCase.VM_INVENTORY).getVmInventory().getVms(0);
        assertThat(found.getPowerState()).isEqualTo("poweredOn");
        CommandResult again = run(powerOn);
        assertThat(again.getVm().getGeneration()).isEqualTo(first.getVm().getGeneration());
        assertThat(again.getVm().getBootTimeEpochMs()).isEqualTo(first.getVm().getBootTimeEpochMs());
    }

    @Test
    void what_its_virtual_machines_use_is_measured_in_the_rhythm_the_server_wants() {
        startAgent(authority.host("host-7", server.address()));
        run(create("task-1"));
        run(powerOn("task-2", 2));

        Await.until(
                "a sample of the VM", BOUND, () -> reports().stream().anyMatch(report -> report.getVmsCount() == 1));

        StatisticsReport report = reports().getLast();
        assertThat(report.getHost().getMemoryConsumedBytes()).isPositive();
        assertThat(report.getHost().getIntervalMs()).isBetween(90L, 10_000L);
        assertThat(report.getVms(0).getVmId()).isEqualTo("vm-1");
        assertThat(report.getVms(0).getCpuCount()).isEqualTo(1);
        assertThat(report.getVms(0).getMemoryBytes()).isEqualTo(64L << 20);
        assertThat(report.getVms(0).hasNetReceivedBytes()).isTrue();
        assertThat(report.getVms(0).hasCpuPressureUs()).isFalse();
    }

    @Test
    void a_server_that_was_away_gets_what_it_missed_oldest_first_and_once() throws Exception {
        startAgent(authority.host("host-7", server.address()));
        Await.until("some reports", BOUND, () -> reports().size() >= 3);
        server.stop();
        Await.until("the agent to notice", BOUND, () -> !agent().link().isConnected());
        long seen = reports().get(1).getSampleEpochMs();
        server.heard.clear();
        server.statisticsAfterEpochMillis = seen;
        Await.until(
                "more rounds",
                BOUND,
                () -> agent().statistics().reports().after(seen, 100).size() >= 5);
        List<Long> kept = agent().statistics().reports().after(seen, 5).stream()
                .map(dev.sternpost.agent.statistics.StatisticsReport::sampleEpochMillis)
                .toList();

        server.startAgain();

        Await.until("what was kept", BOUND, () -> reports().size() >= 5);
        assertThat(reports()).extracting(StatisticsReport::getSampleEpochMs).startsWith(kept.toArray(Long[]::new));
        assertThat(reports())
                .extracting(StatisticsReport::getSampleEpochMs)
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(reports().getFirst().getAgeMs()).isPositive();
    }

    private List<StatisticsReport> reports() {
        return server.heard.stream()
                .filter(ConnectRequest::hasStatisticsReport)
                .map(ConnectRequest::getStatisticsReport)
                .toList();
    }

    @Test
    void the_payload_of_a_stored_result_survives_the_agent() {
        HostIdentity identity = authority.host("host-7", server.address());
        startAgent(identity);
        Command create = create("task-1");
        CommandResult first = run(create);
        agent().close();
        server.heard.clear();
        startAgent(identity);

        CommandResult again = run(create);

        assertThat(again.getSpec()).isEqualTo(first.getSpec());
        assertThat(server.last(MessageCase.HELLO).orElseThrow().getHello().getIncarnation())
                .isEqualTo(2);
    }

    @Test
    void events_are_told_again_with_the_same_number_until_they_are_acknowledged() throws Exception {
        HostIdentity identity = authority.host("host-7", server.address());
        server.acknowledges = false;
        startAgent(identity);
        run(create("task-1"));
        run(powerOn("task-2", 2));
        // While no agent watches, the machine is switched off and on.
        agent().close();
        hardware.guest(directory.resolve("run"), "vm-1").orElseThrow().kill();
        startAgent(identity);
        long number = server.await(MessageCase.VM_EVENT).getVmEvent().getEventNumber();

        server.stop();
        server.heard.clear();
        server.acknowledges = true;
        server.startAgain();

        assertThat(server.await(MessageCase.VM_EVENT).getVmEvent()).satisfies(event -> {
            assertThat(event.getEventNumber()).isEqualTo(number);
            assertThat(event.getKind()).isEqualTo("engineDied");
            assertThat(event.getGeneration()).isEqualTo(2);
        });
        agent().close();
        server.heard.clear();
        startAgent(identity);
        server.await(MessageCase.HEARTBEAT);
        assertThat(server.last(MessageCase.VM_EVENT)).isEmpty();
    }

    @Test
    void a_command_that_makes_no_sense_is_answered_in_words() {
        startAgent(authority.host("host-7", server.address()));

        CommandResult empty = run(Command.newBuilder().setCommandId("x-1").build());
        CommandResult impossible = run(create("task-1").toBuilder()
                .setCreateVm(CreateVm.newBuilder().setSpec(spec().toBuilder().setMemoryBytes(17)))
                .build());
        CommandResult badId = run(Command.newBuilder()
                .setCommandId("x-2")
                .setVmId("../../etc")
                .setQueryVm(QueryVm.getDefaultInstance())
                .build());

        assertThat(empty.getFault().getCode()).isEqualTo("REQUEST_INVALID");
        assertThat(impossible.getFault().getCode()).isEqualTo("CONFIG_INVALID");
        assertThat(badId.getFault().getCode()).isEqualTo("REQUEST_INVALID");
        assertThat(List.of(empty, impossible, badId))
                .allSatisfy(result -> assertThat(result.getFault().getMessage()).isNotBlank());
    }

    @Test
    void a_server_of_another_installation_gets_no_word() throws Exception {
        FakeServer stranger = new FakeServer(new TestAuthority(), "host-7");
        try (stranger) {
            startAgent(authority.host("host-7", stranger.address()));
            Await.until("some tries", BOUND, () -> agent().link().attemptCount() >= 3);
            assertThat(stranger.heard).isEmpty();
            assertThat(agent().link().isConnected()).isFalse();
        }
    }

    @Test
    void a_server_that_refuses_is_asked_again_until_it_relents() {
        server.refuseWith = Status.PERMISSION_DENIED.withDescription("this certificate was revoked");
        startAgent(authority.host("host-7", server.address()));
        Await.until("some tries", BOUND, () -> agent().link().attemptCount() >= 3);

        server.refuseWith = null;

        Await.until("the connection", BOUND, () -> agent().link().isConnected());
    }

    @Test
    void the_certificate_is_renewed_in_time_with_a_new_key_and_kept() {
        // Made five seconds ago for nine: two thirds have passed in a second.
        HostIdentity brief = authority.host("host-7", server.address(), Duration.ofSeconds(9));
        new IdentityFiles(directory.resolve("home/identity")).store(brief);
        startAgent(brief);

        Await.until("the new stream", BOUND, () -> server.renewals.get() == 1 && server.streams.get() >= 2);

        HostIdentity stored =
                new IdentityFiles(directory.resolve("home/identity")).load().orElseThrow();
        assertThat(stored.hostId()).isEqualTo("host-7");
        assertThat(stored.certificate().getPublicKey())
                .isNotEqualTo(brief.certificate().getPublicKey());
        Await.until("the connection", BOUND, () -> agent().link().isConnected());
    }

    @Test
    void ending_the_agent_leaves_its_guests() {
        startAgent(authority.host("host-7", server.address()));
        run(create("task-1"));
        run(powerOn("task-2", 2));

        agent().close();
        HostIdentity identity = authority.host("host-7", server.address());
        server.heard.clear();
        startAgent(identity);

        assertThat(server.await(MessageCase.VM_INVENTORY)
                        .getVmInventory()
                        .getVms(0)
                        .getRunning())
                .isTrue();
        CommandResult off = run(Command.newBuilder()
                .setCommandId("task-3/off")
                .setTaskId("task-3")
                .setLeaseEpoch(1)
                .setVmId("vm-1")
                .setGeneration(3)
                .setPowerOffVm(PowerOffVm.getDefaultInstance())
                .build());
        assertThat(off.getVm().getPowerState()).isEqualTo("poweredOff");
    }

    private Agent agent() {
        if (agent == null) {
            throw new AssertionError("no agent");
        }
        return agent;
    }

    private void startAgent(HostIdentity identity) {
        agent = new Agent(new Agent.Parts(
                directory.resolve("home"),
                identity,
                new SimulatedEngine(hardware, directory.resolve("run"), "boot"),
                new DatastoreRegistry(Map.of("shared1", directory.resolve("shared"))),
                FileOwner.self(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Map.of("VM Network", "user"),
                List.of("a notice")));
    }

    private CommandResult run(Command command) {
        Await.until("the connection", BOUND, () -> agent().link().isConnected());
        server.await(MessageCase.VM_INVENTORY);
        server.heard.removeIf(
                request -> request.getCommandResult().getCommandId().equals(command.getCommandId()));
        server.command(command);
        return server.awaitResult(command.getCommandId());
    }

    private Command create(String task) {
        return Command.newBuilder()
                .setCommandId(task + "/create")
                .setTaskId(task)
                .setLeaseEpoch(1)
                .setVmId("vm-1")
                .setGeneration(1)
                .setDirectory(place())
                .setCreateVm(CreateVm.newBuilder().setSpec(spec()))
                .build();
    }

    private static VmSpec spec() {
        return VmSpec.newBuilder()
                .setVmId("vm-1")
                .setName("app-1")
                .setUuid("11111111-2222-3333-4444-555555555555")
                .setCpuCount(1)
                .setMemoryBytes(64L << 20)
                .setFirmware("bios")
                .build();
    }

    private VmDirectory place() {
        return VmDirectory.newBuilder()
                .setDatastoreUuid(new DatastoreRegistry(Map.of("shared1", directory.resolve("shared")))
                        .facts()
                        .getFirst()
                        .uuid())
                .setDirectory("app-1")
                .build();
    }

    private Command powerOn(String task, long generation) {
        return Command.newBuilder()
                .setCommandId(task + "/on")
                .setTaskId(task)
                .setLeaseEpoch(1)
                .setVmId("vm-1")
                .setGeneration(generation)
                .setPowerOnVm(PowerOnVm.getDefaultInstance())
                .build();
    }
}
