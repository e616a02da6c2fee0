package dev.sternpost.agent.identity;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The TLS set-ups of an agent. All are TLS 1.3. BoringSSL, which comes with gRPC, does the work where it runs: the JDK's
 * own TLS manages 16 MB/s on the small compiler an agent runs with, BoringSSL more than 700 (one core, AES-128-GCM).
 */
public final class TlsSetups {

    private static final String TLS = "TLSv1.3";

    private TlsSetups() {}

    /** For the API port before enrolment: the server is known by the fingerprint in the token only. */
    public static SslContext enrolmentClient(EnrolmentToken token) {
        return build(GrpcSslContexts.configure(SslContextBuilder.forClient())
                .protocols(TLS)
                .trustManager(new FingerprintTrust(token.caFingerprint())));
    }

    /** For the link to the server: both sides show certificates, and the server's must be good for the name dialled. */
    public static SslContext linkClient(HostIdentity identity) {
        return build(GrpcSslContexts.configure(SslContextBuilder.forClient())
                .protocols(TLS)
                .keyManager(identity.privateKey(), identity.certificate())
                .trustManager(authorityOf(identity)));
    }

    /** For connections to another host's relay; the caller checks the host id of the peer's certificate. */
    public static SslContext relayClient(HostIdentity identity) {
        // Hosts are known by their ids, not by addresses, so the usual check of the address would prove nothing.
        return build(SslContextBuilder.forClient()
                .endpointIdentificationAlgorithm(null)
                .sslProvider(provider())
                .protocols(TLS)
                .keyManager(identity.privateKey(), identity.certificate())
                .trustManager(authorityOf(identity)));
    }

    /** For this host's relay; the caller checks the host id of the peer's certificate. */
    public static SslContext relayServer(HostIdentity identity) {
        return build(SslContextBuilder.forServer(identity.privateKey(), identity.certificate())
                .sslProvider(provider())
                .protocols(TLS)
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(authorityOf(identity)));
    }

    private static X509ExtendedTrustManager authorityOf(HostIdentity identity) {
        X509Certificate authority = identity.authority();
        try {
            return FingerprintTrust.pkix(authority);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the certificate authority of an identity is usable", e);
        }
    }

    private static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    private static SslContext build(SslContextBuilder builder) {
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("the TLS set-up is valid", e);
        }
    }
}
