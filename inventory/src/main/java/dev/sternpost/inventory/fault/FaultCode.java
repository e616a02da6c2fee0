package dev.sternpost.inventory.fault;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every fault there is. Names and numbers are part of the contract: neither is ever changed or given out again.
 * What each means and what to do about it is in {@code docs/faults.md}.
 *
 * <p>Numbers by area: 1xx requests, 2xx inventory, 3xx virtual machines, 4xx hosts and storage, 5xx live migration,
 * 6xx tasks and fences, 7xx sessions and certificates, 8xx load balancing, resources and high availability, 9xx the server itself.
 */
public enum FaultCode {
    REQUEST_INVALID(101, FaultKind.CALLER),
    CURSOR_INVALID(102, FaultKind.CALLER),
    CURSOR_EXPIRED(103, FaultKind.CONFLICT),
    REQUEST_ID_REUSED(104, FaultKind.CONFLICT),

    OBJECT_NOT_FOUND(201, FaultKind.CALLER),
    NAME_AMBIGUOUS(202, FaultKind.CALLER),
    NAME_INVALID(203, FaultKind.CALLER),
    NAME_TAKEN(204, FaultKind.CONFLICT),
    OBJECT_NOT_EMPTY(205, FaultKind.CONFLICT),
    MOVE_INVALID(206, FaultKind.CALLER),
    VERSION_CONFLICT(207, FaultKind.CONFLICT),

    CONFIG_INVALID(301, FaultKind.CALLER),
    VM_WRONG_POWER_STATE(302, FaultKind.CONFLICT),
    VM_LOCKED(303, FaultKind.CONFLICT),
    VM_ALREADY_REGISTERED(304, FaultKind.CONFLICT),
    VM_DIRECTORY_UNREADABLE(305, FaultKind.CALLER),
    VM_RUNNING(306, FaultKind.CONFLICT),
    GUEST_NOT_RESPONDING(307, FaultKind.UNREACHABLE),
    VM_RUNS_ELSEWHERE(308, FaultKind.CONFLICT),

    NO_SUITABLE_HOST(401, FaultKind.CAPACITY),
    HOST_INCOMPATIBLE(402, FaultKind.CONFLICT),
    HOST_NOT_CONNECTED(403, FaultKind.UNREACHABLE),
    HOST_ERROR(404, FaultKind.INTERNAL),
    FILE_NOT_FOUND(405, FaultKind.CALLER),
    DATASTORE_FULL(406, FaultKind.CAPACITY),
    DATASTORE_INACCESSIBLE(407, FaultKind.UNREACHABLE),
    HOST_WRONG_MODE(408, FaultKind.CONFLICT),
    MAINTENANCE_BLOCKED(409, FaultKind.CONFLICT),
    HOST_NOT_WAKEABLE(410, FaultKind.CONFLICT),
    POWER_CREDENTIALS_REFUSED(411, FaultKind.CONFLICT),
    POWER_CONTROL_UNREACHABLE(412, FaultKind.UNREACHABLE),
    POWER_CONTROL_FAILED(413, FaultKind.INTERNAL),
    HOST_DID_NOT_WAKE(414, FaultKind.UNREACHABLE),
    HOST_WAKING(415, FaultKind.CAPACITY),

    MIGRATION_FAILED(501, FaultKind.INTERNAL),
    MIGRATION_NOT_CONVERGING(502, FaultKind.CAPACITY),
    MIGRATION_PAST_NO_RETURN(503, FaultKind.CONFLICT),

    STALE_GENERATION(601, FaultKind.CONFLICT),
    STALE_EPOCH(602, FaultKind.CONFLICT),
    TASK_NOT_CANCELLABLE(603, FaultKind.CONFLICT),
    OPERATION_CANCELLED(604, FaultKind.CONFLICT),
    OPERATION_TIMED_OUT(605, FaultKind.UNREACHABLE),
    DATABASE_UNREACHABLE(606, FaultKind.UNREACHABLE),
    TASK_NOT_STUCK(607, FaultKind.CONFLICT),

    LOGIN_REFUSED(701, FaultKind.PERMISSION),
    LOGIN_THROTTLED(702, FaultKind.PERMISSION),
    TOKEN_INVALID(703, FaultKind.PERMISSION),
    PERMISSION_DENIED(704, FaultKind.PERMISSION),
    CERTIFICATE_REFUSED(705, FaultKind.PERMISSION),
    PROTOCOL_VERSION_UNSUPPORTED(706, FaultKind.CALLER),

    INSUFFICIENT_RESOURCES(801, FaultKind.CAPACITY),
    RULE_CONFLICT(802, FaultKind.CONFLICT),
    RECOMMENDATION_EXPIRED(803, FaultKind.CONFLICT),
    HA_NOT_PROVEN(804, FaultKind.CONFLICT),
    WOULD_BREAK_FAILOVER(805, FaultKind.CAPACITY),
    HA_WRONG_STATE(806, FaultKind.CONFLICT),
    HA_RESTARTS_PENDING(807, FaultKind.CONFLICT),

    OVERLOADED(901, FaultKind.CAPACITY),
    INTERNAL_ERROR(902, FaultKind.INTERNAL);

    private static final Map<Integer, FaultCode> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toMap(FaultCode::number, Function.identity()));
    private static final Map<String, FaultCode> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(FaultCode::name, Function.identity()));

    private final int number;
    private final FaultKind kind;

    FaultCode(int number, FaultKind kind) {
        this.number = number;
        this.kind = kind;
    }

    /** The stable number. */
    public int number() {
        return number;
    }

    /** Whose move it is. */
    public FaultKind kind() {
        return kind;
    }

    /** The code with a name, such as one that came over a wire from a newer version and may not be known here. */
    public static Optional<FaultCode> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The code with a number. */
    public static Optional<FaultCode> numbered(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }
}
