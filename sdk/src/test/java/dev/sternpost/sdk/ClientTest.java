package dev.sternpost.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.type.v1.FaultKind;
import dev.sternpost.proto.virtualmachine.v1.CreateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.GetVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.ListVirtualMachinesRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerOffVirtualMachineRequest;
import dev.sternpost.sdk.fake.FakeServer;
import dev.sternpost.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientTest extends FakeServerTest {
    @Test
    void says_what_answers_without_a_login() {
        assertThat(client.serverInfo().getProduct()).isEqualTo("Sternpost");
    }

    @Test
    void a_login_opens_every_service() throws Exception {
        try (SternpostSession session = login()) {
            assertThat(session.describe().getUserName()).isEqualTo(FakeServer.USER);
            assertThat(session.call(() -> session.virtualMachines()
                                    .listVirtualMachines(ListVirtualMachinesRequest.getDefaultInstance()))
                            .getVmsList())
                    .hasSize(1);
            assertThat(session.async()
                            .virtualMachines()
                            .getVirtualMachine(GetVirtualMachineRequest.newBuilder()
                                    .setVm("linux-guest")
                                    .build())
                            .get(BOUND.toSeconds(), TimeUnit.SECONDS)
                            .getVm()
                            .getId())
                    .isEqualTo("vm-17");
        }
    }

    @Test
    void a_wrong_password_is_a_decoded_fault() {
        SternpostException fault =
                catchThrowableOfType(SternpostException.class, () -> client.login(FakeServer.USER, "wrong"));

        assertThat(fault.code()).isEqualTo("LOGIN_REFUSED");
        assertThat(fault.number()).isEqualTo(700);
        assertThat(fault.kind()).isEqualTo(FaultKind.FAULT_KIND_PERMISSION);
        assertThat(fault.message()).contains("try again");
    }

    @Test
    void a_fault_names_its_object() {
        try (SternpostSession session = login()) {
            SternpostException fault = catchThrowableOfType(
                    SternpostException.class,
                    () -> session.call(() -> session.virtualMachines()
                            .powerOffVirtualMachine(PowerOffVirtualMachineRequest.newBuilder()
                                    .setVm("linux-guest")
                                    .build())));

            assertThat(fault.code()).isEqualTo("VM_WRONG_POWER_STATE");
            assertThat(fault.kind()).isEqualTo(FaultKind.FAULT_KIND_CONFLICT);
            assertThat(fault.subjectId()).isEqualTo("vm-17");
        }
    }

    @Test
    void what_a_bare_stub_throws_can_be_decoded_too() {
        try (SternpostSession session = login()) {
            assertThatThrownBy(() -> session.virtualMachines()
                            .getVirtualMachine(GetVirtualMachineRequest.newBuilder()
                                    .setVm("nobody")
                                    .build()))
                    .hasMessageContaining("OBJECT_NOT_FOUND")
                    .satisfies(thrown ->
                            assertThat(SternpostException.of(thrown).number()).isEqualTo(100));
        }
    }

    @Test
    void a_server_signed_by_another_ca_is_refused() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        try (FakeServer stranger = FakeServer.startStranger(other);
                SternpostClient wary = SternpostClient.connect(
                        ConnectOptions.to(server.address()).withCaFile(stranger.caFile()))) {
            SternpostException fault = catchThrowableOfType(SternpostException.class, wary::serverInfo);

            assertThat(fault.code()).isEqualTo(ClientFault.CERTIFICATE_REFUSED);
            assertThat(fault.message()).contains("CA file");
        }
    }

    @Test
    void a_server_that_is_down_is_unreachable_and_named() {
        server.stop();

        SternpostException fault = catchThrowableOfType(SternpostException.class, client::serverInfo);

        assertThat(fault.code()).isEqualTo(ClientFault.SERVER_UNREACHABLE);
        assertThat(fault.isUnreachable()).isTrue();
        assertThat(fault.message()).contains(server.address()).contains("refused");
    }

    @Test
    void a_missing_ca_file_is_said_before_the_first_call() {
        assertThatThrownBy(() -> SternpostClient.connect(
                        ConnectOptions.to("127.0.0.1:1").withCaFile(directory.resolve("nothing.pem"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing.pem");
    }

    @Test
    void a_write_gets_a_request_id_and_keeps_one_that_was_given() {
        try (SternpostSession session = login()) {
            CreateVirtualMachineRequest request =
                    CreateVirtualMachineRequest.newBuilder().setName("a").build();
            Task first = session.call(() ->
                    session.virtualMachines().createVirtualMachine(request).getTask());
            CreateVirtualMachineRequest given =
                    request.toBuilder().setName("b").setRequestId("mine").build();
            Task second = session.call(
                    () -> session.virtualMachines().createVirtualMachine(given).getTask());
            Task repeated = session.call(
                    () -> session.virtualMachines().createVirtualMachine(given).getTask());

            assertThat(first.getRequestId()).hasSize(36);
            assertThat(second.getRequestId()).isEqualTo("mine");
            assertThat(repeated.getId()).isEqualTo(second.getId());
        }
    }

    @Test
    void the_token_is_renewed_in_the_background_while_calls_go_on() {
        server.sessions().setTokenLife(Duration.ofSeconds(3));
        List<AccessToken> kept = new CopyOnWriteArrayList<>();
        TokenStore store = new TokenStore() {
            @Override
            public void renewed(AccessToken token) {
                kept.add(token);
            }

            @Override
            public Optional<AccessToken> refused(AccessToken token) {
                return Optional.empty();
            }
        };
        try (SternpostSession session = client.login(FakeServer.USER, FakeServer.PASSWORD, store)) {
            Await.until("a second token", BOUND, () -> {
                session.describe(); // fails at once should a call go out with a token that is no more
                return kept.size() >= 2;
            });

            assertThat(server.sessions().accepts(kept.getFirst().value())).isFalse();
            assertThat(session.accessToken()).isEqualTo(kept.getLast());
        }
    }

    @Test
    void a_refused_token_is_replaced_by_the_stores_once() {
        TokenStore store = new TokenStore() {
            @Override
            public void renewed(AccessToken token) {}

            @Override
            public Optional<AccessToken> refused(AccessToken token) {
                return Optional.of(client.newToken(FakeServer.USER, FakeServer.PASSWORD));
            }
        };
        try (SternpostSession session = client.login(FakeServer.USER, FakeServer.PASSWORD, store)) {
            server.sessions().revokeAll();

            assertThat(session.describe().getUserName()).isEqualTo(FakeServer.USER);
            assertThat(server.sessions().logins()).isEqualTo(2);
        }
    }

    @Test
    void without_a_store_an_ended_session_says_so() {
        try (SternpostSession session = login()) {
            server.sessions().revokeAll();

            assertThatThrownBy(session::describe)
                    .isInstanceOfSatisfying(
                            SternpostException.class,
                            fault -> assertThat(fault.code()).isEqualTo("TOKEN_INVALID"));
        }
    }

    @Test
    void after_logout_the_token_is_worthless() {
        SternpostSession session = login();
        String token = session.accessToken().value();

        session.logout();

        assertThat(server.sessions().accepts(token)).isFalse();
    }

    @Test
    void a_list_of_many_pages_is_read_to_its_end() {
        try (SternpostSession session = login()) {
            for (int i = 0; i < 5; i++) {
                String name = "vm" + i;
                session.call(() -> session.virtualMachines()
                        .createVirtualMachine(CreateVirtualMachineRequest.newBuilder()
                                .setName(name)
                                .build()));
            }

            List<String> names = Pages.all(
                            token -> session.call(() -> session.virtualMachines()
                                    .listVirtualMachines(ListVirtualMachinesRequest.newBuilder()
                                            .setPageSize(2)
                                            .setPageToken(token)
                                            .build())),
                            page -> page.getVmsList(),
                            page -> page.getNextPageToken())
                    .stream()
                    .map(vm -> vm.getName())
                    .toList();

            assertThat(names).containsExactly("linux-guest", "vm0", "vm1", "vm2", "vm3", "vm4");
        }
    }
}
