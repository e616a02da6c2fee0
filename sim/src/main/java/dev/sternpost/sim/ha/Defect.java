package dev.sternpost.sim.ha;

/** A guard that is taken away on purpose, to see that it is missed. */
public enum Defect {
    /** As shipped. */
    NONE,
    /** The guard does not stop virtual machines, and there is no watchdog. */
    NOBODY_STOPS,
    /** The guard waits longer than those who watch it. */
    GUARD_TOO_PATIENT,
    /** No watchdog stops a machine whose guard hangs. */
    NO_WATCHDOG,
    /** Locks change whatever they say. */
    LOCK_WITHOUT_COMPARE,
    /** Disk images are not locked. */
    NO_IMAGE_LOCKS,
    /** Hosts believe that they have a lease, always the same. */
    LEASE_NOT_ASKED,
    /** A virtual machine executes from the beginning, before its host has looked at the lease. */
    CREATED_RUNNING,
    /** Hosts tell each other that leases have not moved for longer than they know. */
    SIGHTINGS_TOO_OLD
}
