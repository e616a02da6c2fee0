package dev.sternpost.vmotion.compatibility;

/** What can be in the way of a move. */
public enum ObstacleKind {
    SAME_HOST,
    OTHER_CLUSTER,
    HOST_NOT_CONNECTED,
    HOST_IN_MAINTENANCE,
    HOST_UNKNOWN,
    DATASTORE_NOT_SHARED,
    NETWORK_MISSING,
    ACCELERATOR_DIFFERS,
    ENGINE_OLDER,
    MACHINE_TYPE_MISSING,
    CPU_FEATURES_MISSING,
    CPU_COUNT_TOO_SMALL,
    MEMORY_SHORT
}
