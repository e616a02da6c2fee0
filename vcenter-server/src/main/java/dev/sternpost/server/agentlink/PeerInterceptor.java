package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.certificate.HostCertificates;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Finds out which host calls. That its certificate is ours and not over, the handshake has made sure of. */
final class PeerInterceptor implements ServerInterceptor {
    private final HostCertificates certificates;

    PeerInterceptor(HostCertificates certificates) {
        this.certificates = certificates;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        X509Certificate certificate = certificate(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
        Peer peer = new Peer(certificates.authenticate(certificate), certificate);
        return Contexts.interceptCall(Context.current().withValue(Peer.KEY, peer), call, headers, next);
    }

    private static X509Certificate certificate(@Nullable SSLSession session) {
        try {
            if (session != null && session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
                return certificate;
            }
        } catch (SSLPeerUnverifiedException e) {
            // said below
        }
        throw new FaultException(
                FaultCode.CERTIFICATE_REFUSED, "This port needs a host's certificate. Enrol the host first.");
    }
}
