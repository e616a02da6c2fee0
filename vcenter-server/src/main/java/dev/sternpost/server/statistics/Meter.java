package dev.sternpost.server.statistics;

/**
 * What is kept of each interval: figures as they are measured, of which every {@link Counter} can be worked out. New ones
 * go to the end; the order is part of how series are stored.
 */
public enum Meter {
    INTERVAL_MILLIS,
    CPU_COUNT,
    /** Clock of one CPU of the host. */
    CPU_MHZ,
    CPU_USED_MILLIS,
    /** Virtual CPUs wanted to run and did not. */
    CPU_READY_MILLIS,
    /** A limit held it back. */
    CPU_LIMITED_MILLIS,
    /** What it may use at most, in thousandths of one CPU. */
    CPU_ENTITLED_PERMILLE,
    /** Taken away by the machine below the host. */
    CPU_STOLEN_MILLIS,
    MEMORY_KIB,
    MEMORY_CONSUMED_KIB,
    MEMORY_ACTIVE_KIB,
    DISK_READ_KIB,
    DISK_WRITE_KIB,
    DISK_READS,
    DISK_WRITES,
    NET_RECEIVED_KIB,
    NET_TRANSMITTED_KIB,
    NET_RECEIVED_PACKETS,
    NET_TRANSMITTED_PACKETS,
    CPU_PRESSURE_MICROS,
    MEMORY_PRESSURE_MICROS,
    IO_PRESSURE_MICROS,
    /** Dirtied at least once in {@link #MEMORY_DIRTIED_MILLIS}. */
    MEMORY_DIRTIED_KIB,
    MEMORY_DIRTIED_MILLIS;

    static final int COUNT = values().length;
}
