package dev.sternpost.agent.endpoint;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sternpost.agent.identity.EnrolmentToken;
import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.HostKey;
import dev.sternpost.agent.identity.TlsSetups;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.CpuFacts;
import dev.sternpost.proto.agent.v1.EnrolRequest;
import dev.sternpost.proto.agent.v1.EnrolResponse;
import dev.sternpost.proto.agent.v1.EnrolmentServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trades a one-time token for this host's certificate at the server's API port. */
public final class EnrolmentClient {

    private static final Logger log = LoggerFactory.getLogger(EnrolmentClient.class);

    private static final long CALL_SECONDS_MAX = 10;
    private static final long RETRY_MILLIS = 500;

    private EnrolmentClient() {}

    /**
     * Enrols. A server that cannot be reached is tried again until the time is up; nothing else is.
     *
     * @param server "host:port" of the API
     * @param cpu what guests can be given here
     * @throws FaultException CERTIFICATE_REFUSED when the server is not the one that made the token, TOKEN_INVALID,
     *     HOST_NOT_CONNECTED when it cannot be reached, HOST_INCOMPATIBLE when its cluster has a CPU baseline that this host lacks
     *     features of
     */
    public static HostIdentity enrol(String server, EnrolmentToken token, CpuFacts cpu, Duration patience)
            throws InterruptedException {
        InetSocketAddress address = CommandReader.address(server);
        HostKey key = HostKey.generate();
        ManagedChannel channel = NettyChannelBuilder.forAddress(address.getHostString(), address.getPort())
                .sslContext(TlsSetups.enrolmentClient(token))
                .build();
        long until = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                try {
                    return identity(key, call(channel, key, token, cpu));
                } catch (StatusRuntimeException e) {
                    FaultException fault = fault(server, e);
                    if (fault.code() != FaultCode.HOST_NOT_CONNECTED || System.nanoTime() - until > 0) {
                        throw fault;
                    }
                    log.info(
                            "the server at {} does not answer yet: {}",
                            server,
                            e.getStatus().getDescription());
                }
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
                channel.resetConnectBackoff();
            }
        } finally {
            channel.shutdownNow();
        }
    }

    private static EnrolResponse call(ManagedChannel channel, HostKey key, EnrolmentToken token, CpuFacts cpu) {
        return EnrolmentServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
                .enrol(EnrolRequest.newBuilder()
                        .setToken(token.reveal())
                        .setCertificateSigningRequestPem(key.signingRequestPem())
                        .setCpu(cpu)
                        .build());
    }

    private static HostIdentity identity(HostKey key, EnrolResponse response) {
        return HostIdentity.issued(
                key,
                response.getHostId(),
                response.getHostName(),
                response.getAgentLinkAddress(),
                response.getCertificatePem(),
                response.getCaCertificatePem());
    }

    private static FaultException fault(String server, StatusRuntimeException e) {
        Optional<FaultException> told = faultOfServer(e);
        if (told.isPresent()) {
            return told.get();
        }
        Throwable cause = e;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof CertificateException) {
                return new FaultException(
                        Fault.of(
                                FaultCode.CERTIFICATE_REFUSED,
                                "the certificate of the server at " + server + " was refused: " + cause.getMessage()
                                        + ". The token was not sent; check the address, or make a new token."),
                        e);
            }
            cause = cause.getCause();
        }
        boolean away = e.getStatus().getCode() == Status.Code.UNAVAILABLE
                || e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
        return new FaultException(
                Fault.of(
                                away ? FaultCode.HOST_NOT_CONNECTED : FaultCode.HOST_ERROR,
                                away
                                        ? "the server at " + server
                                                + " cannot be reached; check that it runs and the address"
                                        : "the server at " + server + " refused the enrolment: "
                                                + e.getStatus().getDescription())
                        .withContext(e.toString()),
                e);
    }

    private static Optional<FaultException> faultOfServer(StatusRuntimeException e) {
        com.google.rpc.Status status = StatusProto.fromThrowable(e);
        for (Any detail : status == null ? java.util.List.<Any>of() : status.getDetailsList()) {
            if (detail.is(dev.sternpost.proto.type.v1.Fault.class)) {
                try {
                    var fault = detail.unpack(dev.sternpost.proto.type.v1.Fault.class);
                    return FaultCode.named(fault.getCode())
                            .filter(code -> !fault.getMessage().isBlank())
                            .map(code -> new FaultException(Fault.of(code, fault.getMessage()), e));
                } catch (InvalidProtocolBufferException broken) {
                    log.debug("the server's fault cannot be read", broken);
                }
            }
        }
        return Optional.empty();
    }
}
