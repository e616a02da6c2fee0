package dev.sternpost.inventory.event;

import static dev.sternpost.inventory.event.EventSeverity.ERROR;
import static dev.sternpost.inventory.event.EventSeverity.INFO;
import static dev.sternpost.inventory.event.EventSeverity.WARNING;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every type of event there is. Their names ({@link #eventName}) are part of the contract. When each is written is in
 * {@code docs/events.md}.
 */
public enum EventType {
    VM_CREATED(INFO),
    VM_REGISTERED(INFO),
    VM_UNREGISTERED(INFO),
    VM_REMOVED(INFO),
    VM_RENAMED(INFO),
    VM_MOVED(INFO),
    VM_RECONFIGURED(INFO),
    VM_MARKED_AS_TEMPLATE(INFO),
    VM_POWERED_ON(INFO),
    VM_POWERED_OFF(INFO),
    VM_GUEST_SHUTDOWN(INFO),
    VM_RESET(INFO),
    VM_GUEST_PROGRAM_RUN(INFO),
    VM_GUEST_RESET(INFO),
    VM_SUSPENDED(INFO),
    VM_RESUMED(INFO),
    VM_GUEST_PANICKED(ERROR),
    VM_ENGINE_DIED(ERROR),
    VM_IO_ERROR(ERROR),
    VM_IP_ADDRESS_CHANGED(INFO),
    VM_MIGRATION_STARTED(INFO),
    VM_MIGRATED(INFO),
    VM_MIGRATION_FAILED(ERROR),
    VM_MIGRATION_CANCELLED(INFO),
    VM_RELOCATED(INFO),
    VM_STORAGE_MOVED(INFO),
    VM_STORAGE_MOVE_FAILED(ERROR),
    VM_STORAGE_MOVE_CANCELLED(INFO),
    VM_RESOURCE_POOL_CHANGED(INFO),
    DRS_RECOMMENDATION_APPLIED(INFO),
    VM_RUNS_ON_WRONG_HOST(ERROR),
    VM_MISSING_ON_HOST(ERROR),
    VM_RESTARTED_BY_HA(WARNING),

    HOST_ADDED(INFO),
    HOST_REMOVED(INFO),
    HOST_CONNECTED(INFO),
    HOST_DISCONNECTED(INFO),
    HOST_NOT_RESPONDING(ERROR),
    HOST_ENTERING_MAINTENANCE(INFO),
    HOST_MAINTENANCE_PAUSED(INFO),
    HOST_MAINTENANCE_CONTINUED(INFO),
    HOST_MAINTENANCE_GIVEN_UP(WARNING),
    HOST_ENTERED_MAINTENANCE(INFO),
    HOST_EXITED_MAINTENANCE(INFO),
    HOST_QUARANTINED(WARNING),
    HOST_QUARANTINE_ENDED(INFO),
    HOST_ENTERING_STANDBY(INFO),
    HOST_STANDBY_GIVEN_UP(WARNING),
    HOST_ENTERED_STANDBY(INFO),
    HOST_EXITING_STANDBY(INFO),
    HOST_EXITED_STANDBY(INFO),
    HOST_DID_NOT_WAKE(ERROR),
    HOST_WAKE_TESTED(INFO),
    HOST_POWER_RECONFIGURED(INFO),
    HOST_POWER_FENCED(WARNING),
    HOST_POWER_FENCE_FAILED(WARNING),
    HOST_NOTICE(WARNING),

    // Told by hosts; the names without HA_ are those of the agent protocol.
    HA_LEASE_LOST(ERROR),
    HA_LEASE_BACK(INFO),
    HA_FENCED(ERROR),
    HA_COORDINATOR_ELECTED(INFO),
    HA_COORDINATOR_GONE(WARNING),
    HA_HOST_VERDICT(WARNING),
    HA_RESTART_WANTED(WARNING),
    HA_RESTART_ORDERED(INFO),
    HA_RESTART_FAILED(ERROR),
    HA_RESTART_COMPLETE(INFO),
    HA_RESTART_DROPPED(INFO),
    HA_ISOLATED(ERROR),
    HA_ISOLATION_OVER(INFO),
    HA_VM_STARTED(INFO),
    HA_VM_STOPPED(WARNING),
    HA_VM_RELEASED(INFO),
    HA_VM_LEFT(WARNING),
    HA_NUMBER_REFUSED(ERROR),
    HA_GUEST_RESET(WARNING),
    HA_GUEST_GIVEN_UP(ERROR),

    DATASTORE_DISCOVERED(INFO),
    DATASTORE_REMOVED(INFO),
    DATASTORE_INACCESSIBLE(ERROR),
    DATASTORE_ACCESSIBLE(INFO),
    NETWORK_DISCOVERED(INFO),
    NETWORK_REMOVED(INFO),

    DATACENTER_CREATED(INFO),
    DATACENTER_REMOVED(INFO),
    CLUSTER_CREATED(INFO),
    CLUSTER_REMOVED(INFO),
    CLUSTER_DRS_RECONFIGURED(INFO),
    CLUSTER_CPU_BASELINE_CHANGED(INFO),
    CLUSTER_POWER_RECONFIGURED(INFO),
    POWER_RECOMMENDATION_APPLIED(INFO),
    CLUSTER_HA_RECONFIGURED(INFO),
    CLUSTER_HA_ENABLED(INFO),
    CLUSTER_HA_DISABLED(WARNING),
    CLUSTER_HA_DISARMED(WARNING),
    CLUSTER_HA_REARMED(INFO),
    CLUSTER_RULE_CREATED(INFO),
    CLUSTER_RULE_CHANGED(INFO),
    CLUSTER_RULE_REMOVED(INFO),
    CLUSTER_GROUP_CHANGED(INFO),
    RESOURCE_POOL_CREATED(INFO),
    RESOURCE_POOL_RECONFIGURED(INFO),
    RESOURCE_POOL_REMOVED(INFO),
    FOLDER_CREATED(INFO),
    FOLDER_REMOVED(INFO),
    OBJECT_RENAMED(INFO),
    OBJECT_MOVED(INFO),

    TASK_FAILED(WARNING),
    TASK_STUCK(ERROR),

    USER_LOGIN(INFO),
    USER_LOGOUT(INFO),
    USER_LOGIN_REFUSED(WARNING),
    ENROLMENT_TOKEN_CREATED(INFO),
    HOST_CERTIFICATE_ISSUED(INFO),
    HOST_CERTIFICATE_REVOKED(WARNING),
    SERVER_STARTED(INFO);

    private static final Map<String, EventType> BY_EVENT_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(EventType::eventName, Function.identity()));

    private final EventSeverity severity;
    private final String eventName;

    EventType(EventSeverity severity) {
        this.severity = severity;
        this.eventName = Arrays.stream(name().split("_"))
                        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining())
                + "Event";
    }

    /** The name in the contract, such as "VmPoweredOnEvent". */
    public String eventName() {
        return eventName;
    }

    /** How much such an event matters. */
    public EventSeverity severity() {
        return severity;
    }

    /** The type with a name of the contract. */
    public static Optional<EventType> named(String eventName) {
        return Optional.ofNullable(BY_EVENT_NAME.get(eventName));
    }
}
