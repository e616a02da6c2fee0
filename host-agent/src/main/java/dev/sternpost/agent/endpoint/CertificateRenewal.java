package dev.sternpost.agent.endpoint;

import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.HostKey;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.AgentLinkServiceGrpc;
import dev.sternpost.proto.agent.v1.RenewCertificateRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A reconciler: this host has a certificate with time left. Renews it, with a new key, after two thirds of its life. */
final class CertificateRenewal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CertificateRenewal.class);

    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);
    private static final long CALL_SECONDS_MAX = 15;
    private static final Duration END_WAIT_MAX = Duration.ofSeconds(5);

    private final IdentityHolder identity;
    private final Channel channel;
    private volatile Thread thread = Thread.ofVirtual().unstarted(() -> {});

    CertificateRenewal(IdentityHolder identity, Channel channel) {
        this.identity = identity;
        this.channel = channel;
    }

    /**
     * Begins to watch.
     *
     * @param renewed run after a renewal: the stream should be opened anew
     */
    void start(Runnable renewed) {
        thread = Thread.ofVirtual().name("certificate-renewal").start(() -> watch(renewed));
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            if (thread.isAlive()) {
                thread.join(END_WAIT_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(Runnable renewed) {
        try {
            while (!Thread.interrupted()) {
                Duration left = Duration.between(Instant.now(), identity.get().renewAt());
                if (!left.isPositive() && renew()) {
                    renewed.run();
                    return;
                }
                Duration pause = left.isPositive() && left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN;
                TimeUnit.MILLISECONDS.sleep(pause.toMillis() + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean renew() {
        HostIdentity before = identity.get();
        HostKey key = HostKey.generate();
        try {
            String certificate = AgentLinkServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
                    .renewCertificate(RenewCertificateRequest.newBuilder()
                            .setCertificateSigningRequestPem(key.signingRequestPem())
                            .build())
                    .getCertificatePem();
            identity.replace(before.renewed(key, certificate));
            log.info("the certificate was renewed: {}", identity.get());
            return true;
        } catch (StatusRuntimeException | FaultException e) {
            log.warn(
                    "the certificate, good until {}, could not be renewed: {}; trying again in {} min",
                    before.certificate().getNotAfter().toInstant(),
                    e.getMessage(),
                    LOOK_AGAIN.toMinutes());
            return false;
        }
    }
}
