package dev.sternpost.agent.engine;

/** How a virtual machine stands in its engine. */
public enum RunState {
    /** The virtual CPUs run. */
    RUNNING,
    /** The virtual CPUs stand still; {@link RunningVm#resume} goes on. */
    PAUSED,
    /** Shadow of a live migration, waiting for memory. */
    INCOMING,
    /** Shadow of a live migration, all memory there, waiting for {@link MigrationTarget#activate}. */
    LOADED,
    /** Memory has been copied away for good by a live migration; must never run again. */
    MIGRATED_AWAY,
    /** Stopped by a disk error. */
    IO_ERROR,
    /** Stopped because the guest's kernel panicked. */
    GUEST_PANICKED,
    /** The process is gone, and nothing of it is left: no socket, no port, no lock on a disk. */
    ENDED
}
