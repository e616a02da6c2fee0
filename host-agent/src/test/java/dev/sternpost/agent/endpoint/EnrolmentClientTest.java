package dev.sternpost.agent.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.identity.EnrolmentToken;
import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.CpuFacts;
import io.grpc.Status;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EnrolmentClientTest {

    private static final CpuFacts CPU = CpuFacts.getDefaultInstance();
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final TestAuthority authority = new TestAuthority();

    @Test
    void a_token_is_traded_for_an_identity() throws Exception {
        try (FakeServer server = new FakeServer(authority, "host-7")) {
            HostIdentity identity =
                    EnrolmentClient.enrol(server.address(), EnrolmentToken.parse(authority.token()), CPU, PATIENCE);

            assertThat(identity.hostId()).isEqualTo("host-7");
            assertThat(identity.hostName()).isEqualTo("host-name");
            assertThat(identity.linkAddress()).isEqualTo("127.0.0.1:7444");
            assertThat(server.tokens).containsExactly(authority.token());
        }
    }

    @Test
    void a_server_of_another_installation_is_refused_and_never_sees_the_token() throws Exception {
        try (FakeServer stranger = new FakeServer(new TestAuthority(), "host-7")) {
            assertFault(
                    () -> EnrolmentClient.enrol(
                            stranger.address(), EnrolmentToken.parse(authority.token()), CPU, PATIENCE),
                    FaultCode.CERTIFICATE_REFUSED,
                    "token was not sent");
            assertThat(stranger.tokens).isEmpty();
        }
    }

    @Test
    void a_server_whose_certificate_is_for_another_address_is_refused_and_never_sees_the_token() throws Exception {
        try (FakeServer elsewhere = new FakeServer(authority, "host-7", "127.0.0.9")) {
            assertFault(
                    () -> EnrolmentClient.enrol(
                            elsewhere.address(), EnrolmentToken.parse(authority.token()), CPU, PATIENCE),
                    FaultCode.CERTIFICATE_REFUSED,
                    "127.0.0.1");
            assertThat(elsewhere.tokens).isEmpty();
        }
    }

    @Test
    void a_server_that_is_not_there_is_waited_for_and_then_said() {
        assertFault(
                () -> EnrolmentClient.enrol("127.0.0.1:1", EnrolmentToken.parse(authority.token()), CPU, PATIENCE),
                FaultCode.HOST_NOT_CONNECTED,
                "check that it runs");
    }

    @Test
    void a_refusal_of_the_server_is_passed_on() throws Exception {
        try (FakeServer server = new FakeServer(authority, "host-7")) {
            server.refuseWith = Status.PERMISSION_DENIED.withDescription("the token was used before");
            assertFault(
                    () -> EnrolmentClient.enrol(
                            server.address(), EnrolmentToken.parse(authority.token()), CPU, PATIENCE),
                    FaultCode.HOST_ERROR,
                    "the token was used before");
            assertThat(server.tokens).hasSize(1);
        }
    }

    private static void assertFault(ThrowingCallable work, FaultCode code, String words) {
        assertThatThrownBy(work).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(code);
            assertThat(fault.getMessage()).contains(words).doesNotContain("spt1.");
        });
    }
}
