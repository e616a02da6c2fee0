package dev.sternpost.sdk;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.sternpost.proto.type.v1.Fault;
import dev.sternpost.proto.type.v1.FaultKind;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Reads our fault out of what gRPC threw: the packed Fault, else ErrorInfo, else the bare status. */
final class FaultDecoder {
    /** A chain of causes longer than this is not looked at to its end. */
    private static final int CAUSES_MAX = 16;

    private FaultDecoder() {}

    static SternpostException decode(Throwable thrown, String server) {
        Throwable cause = thrown;
        for (int i = 0; i < CAUSES_MAX && cause != null; i++) {
            if (cause instanceof SternpostException known) {
                return known;
            }
            cause = cause.getCause();
        }
        Status details = StatusProto.fromThrowable(thrown);
        if (details != null) {
            Optional<SternpostException> packed = fromDetails(details, thrown);
            if (packed.isPresent()) {
                return packed.get();
            }
        }
        return fromStatus(statusOf(thrown), thrown, server);
    }

    private static io.grpc.Status statusOf(Throwable thrown) {
        return switch (thrown) {
            case StatusRuntimeException e -> e.getStatus();
            case StatusException e -> e.getStatus();
            default -> io.grpc.Status.fromThrowable(thrown);
        };
    }

    private static Optional<SternpostException> fromDetails(Status details, Throwable thrown) {
        try {
            for (Any any : details.getDetailsList()) {
                if (any.is(Fault.class)) {
                    Fault fault = any.unpack(Fault.class);
                    return Optional.of(new SternpostException(
                            fault.getCode(),
                            fault.getNumber(),
                            fault.getKind(),
                            fault.getMessage(),
                            fault.getSubjectId(),
                            thrown));
                }
            }
            for (Any any : details.getDetailsList()) {
                if (any.is(ErrorInfo.class)) {
                    return Optional.of(fromErrorInfo(any.unpack(ErrorInfo.class), details, thrown));
                }
            }
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static SternpostException fromErrorInfo(ErrorInfo info, Status details, Throwable thrown) {
        FaultKind kind;
        try {
            kind = FaultKind.valueOf("FAULT_KIND_" + info.getMetadataOrDefault("kind", "INTERNAL"));
        } catch (IllegalArgumentException e) {
            kind = FaultKind.FAULT_KIND_INTERNAL;
        }
        return new SternpostException(
                info.getReason(),
                number(info.getMetadataOrDefault("number", "0")),
                kind,
                details.getMessage(),
                info.getMetadataOrDefault("subjectId", ""),
                thrown);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static SternpostException fromStatus(io.grpc.Status status, Throwable thrown, String server) {
        return switch (status.getCode()) {
            case UNAVAILABLE -> unavailable(status, thrown, server);
            case DEADLINE_EXCEEDED ->
                bare(
                        ClientFault.CALL_TIMED_OUT,
                        FaultKind.FAULT_KIND_UNREACHABLE,
                        "no answer from %s in time; try again, or allow more time".formatted(server),
                        thrown);
            case CANCELLED ->
                bare(ClientFault.CALL_CANCELLED, FaultKind.FAULT_KIND_CALLER, "the call was cancelled", thrown);
            case UNIMPLEMENTED ->
                bare(
                        ClientFault.CALL_UNKNOWN,
                        FaultKind.FAULT_KIND_CALLER,
                        "%s does not know this call; it may be older than this client".formatted(server),
                        thrown);
            case UNAUTHENTICATED ->
                bare(
                        "TOKEN_INVALID",
                        FaultKind.FAULT_KIND_PERMISSION,
                        "the token is missing, wrong or expired; log in again",
                        thrown);
            case PERMISSION_DENIED ->
                bare("PERMISSION_DENIED", FaultKind.FAULT_KIND_PERMISSION, text(status, "not permitted"), thrown);
            case OK,
                    UNKNOWN,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    INTERNAL,
                    DATA_LOSS ->
                bare(
                        ClientFault.CALL_FAILED,
                        FaultKind.FAULT_KIND_INTERNAL,
                        "the call failed (%s): %s".formatted(status.getCode(), text(status, "no reason given")),
                        thrown);
        };
    }

    private static SternpostException unavailable(io.grpc.Status status, Throwable thrown, String server) {
        Throwable tls = causeOf(status.getCause());
        if (tls != null) {
            return bare(
                    ClientFault.CERTIFICATE_REFUSED,
                    FaultKind.FAULT_KIND_PERMISSION,
                    "the certificate of %s cannot be trusted (%s); give the CA file of that installation"
                            .formatted(server, rootMessage(tls)),
                    thrown);
        }
        Throwable cause = status.getCause();
        String why = cause == null ? text(status, "connection lost") : rootMessage(cause);
        return bare(
                ClientFault.SERVER_UNREACHABLE,
                FaultKind.FAULT_KIND_UNREACHABLE,
                "cannot reach %s (%s); see whether it runs and the address is right".formatted(server, why),
                thrown);
    }

    private static @Nullable Throwable causeOf(@Nullable Throwable start) {
        Throwable cause = start;
        for (int i = 0; i < CAUSES_MAX && cause != null; i++) {
            if (cause instanceof CertificateException || isAboutCertificates(cause)) {
                return cause;
            }
            cause = cause.getCause();
        }
        return null;
    }

    // A connection that is cut during the handshake is an SSLException too, but says nothing about trust.
    private static boolean isAboutCertificates(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(java.util.Locale.ROOT);
        return cause instanceof SSLException
                && (message.contains("certificat") || message.contains("verif") || message.contains("pkix"));
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        for (int i = 0; i < CAUSES_MAX && root.getCause() != null; i++) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null || message.isBlank() ? root.getClass().getSimpleName() : message;
    }

    private static String text(io.grpc.Status status, String otherwise) {
        String description = status.getDescription();
        return description == null || description.isBlank() ? otherwise : description;
    }

    private static SternpostException bare(String code, FaultKind kind, String message, Throwable cause) {
        return new SternpostException(code, 0, kind, message, "", cause);
    }
}
