package dev.sternpost.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.server.certificate.CertificateAuthority;
import dev.sternpost.server.certificate.ServerCertificate;
import dev.sternpost.sso.InMemoryIdentityStore;
import dev.sternpost.sso.access.RoleAccessPolicy;
import dev.sternpost.sso.session.SessionLimits;
import dev.sternpost.sso.session.Sessions;
import dev.sternpost.testkit.VirtualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiCertificateTest {
    private static final int TIMEOUT_MILLIS = 10_000;

    // The one who connects looks at the certificate's dates: both the first and the renewed one have to be good today.
    private final VirtualClock clock = new VirtualClock(Instant.now().minus(Duration.ofDays(300)));
    private ServerCertificate certificate;
    private ApiServer server;

    @BeforeEach
    void start(@TempDir Path home) {
        certificate = new ServerCertificate(CertificateAuthority.open(home, clock), home, List.of("127.0.0.1"), clock);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        RoleAccessPolicy policy = new RoleAccessPolicy();
        Sessions sessions = new Sessions(
                new InMemoryIdentityStore(),
                byte[]::new,
                clock,
                new SessionLimits(Duration.ofMinutes(30), Duration.ofHours(12), 3));
        Guard guard = new Guard(sessions, policy, meters);
        server = new ApiServer(
                ApiSettings.of("127.0.0.1", 0),
                certificate,
                new ApiServer.Endpoints(List.of()),
                guard,
                new PlainRoutes(guard.callers(), policy, "", () -> true, () -> ""),
                new OpenStreams(),
                meters);
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void the_server_shows_its_certificate_and_that_of_its_authority() throws Exception {
        assertThat(handshake("TLSv1.3")).containsExactly(certificate.current().certificate(), certificate.authority());
        assertThat(handshake("TLSv1.2")).containsExactly(certificate.current().certificate(), certificate.authority());
    }

    @Test
    void a_renewed_certificate_is_shown_to_the_next_who_connects() throws Exception {
        X509Certificate first = handshake("TLSv1.3").getFirst();
        clock.advance(Duration.ofDays(250));
        assertThat(certificate.renewWhenDue()).isTrue();

        assertThat(handshake("TLSv1.3").getFirst())
                .isEqualTo(certificate.current().certificate())
                .isNotEqualTo(first);
    }

    private List<X509Certificate> handshake(String protocol) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate.authority());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
            return List.of(socket.getSession().getPeerCertificates()).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
    }
}
