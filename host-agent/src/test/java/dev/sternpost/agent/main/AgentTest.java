package dev.sternpost.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.endpoint.FakeServer;
import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.IdentityFiles;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConnectRequest.MessageCase;
import dev.sternpost.proto.agent.v1.CreateVm;
import dev.sternpost.proto.agent.v1.PowerOffVm;
import dev.sternpost.proto.agent.v1.QueryVm;
import dev.sternpost.proto.agent.v1.VmStatus;
import dev.sternpost.testkit.Await;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a whole agent says and does. */
class AgentTest extends AgentCase {

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
}
