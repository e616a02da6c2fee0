package dev.sternpost.server.api;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where faults become answers: a gRPC status that carries our {@code Fault} and a {@code
 * google.rpc.ErrorInfo}, and an HTTP status for the JSON face.
 */
public final class FaultStatus {
    static final String DOMAIN = "sternpost.dev";

    private static final Logger log = LoggerFactory.getLogger(FaultStatus.class);

    private FaultStatus() {}

    /** What a caller is told about anything that was thrown. */
    public static StatusRuntimeException of(Throwable thrown) {
        return switch (thrown) {
            case FaultException e -> {
                logFault(e);
                yield of(e.fault());
            }
            case StatusRuntimeException e -> e;
            default -> of(internal(thrown));
        };
    }

    /** The status of a fault. */
    public static StatusRuntimeException of(Fault fault) {
        return StatusProto.toStatusRuntimeException(Status.newBuilder()
                .setCode(code(fault.code()).value())
                .setMessage(fault.message())
                .addDetails(Any.pack(FaultMessages.of(fault)))
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(fault.code().name())
                        .setDomain(DOMAIN)
                        .putMetadata("number", Integer.toString(fault.code().number()))
                        .putMetadata("kind", fault.kind().name())
                        .build()))
                .build());
    }

    /** The fault inside a status, if it was made here. */
    static Optional<dev.sternpost.proto.type.v1.Fault> faultIn(Status status) {
        try {
            for (Any detail : status.getDetailsList()) {
                if (detail.is(dev.sternpost.proto.type.v1.Fault.class)) {
                    return Optional.of(detail.unpack(dev.sternpost.proto.type.v1.Fault.class));
                }
            }
            return Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    /** Anything unforeseen. The caller gets a number to quote; the cause is for the log only. */
    private static Fault internal(Throwable thrown) {
        String incident = UUID.randomUUID().toString().substring(0, 8);
        log.error("incident {}", incident, thrown);
        return Fault.of(
                FaultCode.INTERNAL_ERROR,
                "The server failed. Try again; if it stays, give your administrator incident %s.".formatted(incident));
    }

    private static void logFault(FaultException e) {
        Fault fault = e.fault();
        switch (fault.kind()) {
            case INTERNAL -> log.warn("{}: {} {}", fault.code(), fault.message(), fault.context(), e);
            case CALLER, PERMISSION, CONFLICT, CAPACITY, UNREACHABLE ->
                log.debug("{}: {} {}", fault.code(), fault.message(), fault.context());
        }
    }

    /**
     * The gRPC status code. UNAVAILABLE is left to the transport, so that a client that tries again on it never takes a
     * host that is away for a server that is away.
     */
    static Code code(FaultCode fault) {
        return switch (fault) {
            case REQUEST_INVALID,
                    CURSOR_INVALID,
                    NAME_AMBIGUOUS,
                    NAME_INVALID,
                    MOVE_INVALID,
                    CONFIG_INVALID,
                    VM_DIRECTORY_UNREADABLE,
                    PROTOCOL_VERSION_UNSUPPORTED -> Code.INVALID_ARGUMENT;
            case OBJECT_NOT_FOUND, FILE_NOT_FOUND -> Code.NOT_FOUND;
            case NAME_TAKEN, VM_ALREADY_REGISTERED -> Code.ALREADY_EXISTS;
            case CURSOR_EXPIRED -> Code.OUT_OF_RANGE;
            case VERSION_CONFLICT, STALE_GENERATION, STALE_EPOCH, OPERATION_CANCELLED -> Code.ABORTED;
            case REQUEST_ID_REUSED,
                    OBJECT_NOT_EMPTY,
                    VM_WRONG_POWER_STATE,
                    VM_LOCKED,
                    VM_RUNNING,
                    VM_RUNS_ELSEWHERE,
                    GUEST_NOT_RESPONDING,
                    HOST_INCOMPATIBLE,
                    HOST_NOT_CONNECTED,
                    DATASTORE_INACCESSIBLE,
                    DATABASE_UNREACHABLE,
                    MIGRATION_PAST_NO_RETURN,
                    TASK_NOT_CANCELLABLE,
                    TASK_NOT_STUCK,
                    HOST_WRONG_MODE,
                    MAINTENANCE_BLOCKED,
                    HOST_NOT_WAKEABLE,
                    POWER_CREDENTIALS_REFUSED,
                    POWER_CONTROL_UNREACHABLE,
                    HOST_DID_NOT_WAKE,
                    RULE_CONFLICT,
                    RECOMMENDATION_EXPIRED,
                    HA_NOT_PROVEN,
                    HA_WRONG_STATE,
                    HA_RESTARTS_PENDING -> Code.FAILED_PRECONDITION;
            case NO_SUITABLE_HOST,
                    HOST_WAKING,
                    INSUFFICIENT_RESOURCES,
                    WOULD_BREAK_FAILOVER,
                    DATASTORE_FULL,
                    MIGRATION_NOT_CONVERGING,
                    LOGIN_THROTTLED,
                    OVERLOADED -> Code.RESOURCE_EXHAUSTED;
            case OPERATION_TIMED_OUT -> Code.DEADLINE_EXCEEDED;
            case LOGIN_REFUSED, TOKEN_INVALID -> Code.UNAUTHENTICATED;
            case PERMISSION_DENIED, CERTIFICATE_REFUSED -> Code.PERMISSION_DENIED;
            case HOST_ERROR, POWER_CONTROL_FAILED, MIGRATION_FAILED, INTERNAL_ERROR -> Code.INTERNAL;
        };
    }

    /** The HTTP status of the JSON face. */
    static int httpStatus(FaultCode fault) {
        return switch (code(fault)) {
            case INVALID_ARGUMENT -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case OUT_OF_RANGE -> 410;
            case FAILED_PRECONDITION ->
                switch (fault.kind()) {
                    case UNREACHABLE -> 503;
                    case CALLER, PERMISSION, CONFLICT, CAPACITY, INTERNAL -> 409;
                };
            case RESOURCE_EXHAUSTED ->
                switch (fault) {
                    case LOGIN_THROTTLED, OVERLOADED -> 429;
                    default -> 507;
                };
            case DEADLINE_EXCEEDED -> 504;
            default -> 500;
        };
    }
}
