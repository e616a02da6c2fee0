package dev.sternpost.agent.engine;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * One virtual machine in an engine. Safe for use from several threads; operations that change its state are to be
 * serialized by the caller. After it ended, operations fail with HOST_ERROR except {@link #powerOff} (does nothing),
 * {@link #state} (ENDED) and {@link #detach}.
 */
public interface RunningVm {

    /** How it was started, and where its files are now. */
    VmLaunch launch();

    /** Id of the virtual machine. */
    default String vmId() {
        return launch().vmId();
    }

    /** Its process. */
    ProcessIdentity process();

    /**
     * Directory in which sockets that its process is to reach or make must lie. Gone when the virtual machine ends, with
     * all that is in it.
     */
    Path socketDirectory();

    /** How it stands, asked now. */
    RunState state();

    /**
     * What it has used. Cheap, and quick even when the hypervisor hangs. Empty while the guest is not in this process:
     * before it arrives by live migration, and when the process has ended.
     */
    Optional<VmMeters> meters();

    /**
     * Lets it have what it is entitled to, from now on and until it is told otherwise. Does nothing where the engine
     * cannot, which it says in its facts.
     */
    void allocate(VmAllocation allocation);

    /** When the virtual machine was started, milliseconds since the epoch. */
    long startedEpochMillis();

    /** Cuts the power. Returns when the process, its sockets and its network ports are gone. No event. */
    void powerOff();

    /** Presses the power button. The guest may take its time, or ignore it. */
    void requestShutdown();

    /** Presses reset. */
    void reset();

    /** Stops the virtual CPUs. Does nothing when they stand. */
    void pause();

    /**
     * Lets the virtual CPUs run. Does nothing when they run.
     *
     * @throws IllegalStateException when memory was migrated away
     */
    void resume();

    /**
     * Stops the guest, writes its memory to the file and ends the process. On failure the guest runs on and no file
     * remains. No event.
     *
     * @param memoryFile absolute; must not exist; appears whole or not at all
     */
    void suspendTo(Path memoryFile, Duration timeout);

    /** A picture of the screen as PNG. */
    byte[] screenshot();

    /** Unix socket of the VNC display. */
    Path vncSocket();

    /** Announces the guest's MAC addresses on the network. Does not wait for the last repetition. */
    void announce();

    /** The guest agent's channel. */
    GuestAgent guestAgent();

    /** The channel that measures pauses as the guest sees them. */
    TickProbe probe();

    /** This virtual machine as the source of a live migration. */
    MigrationSource migrationSource();

    /**
     * This virtual machine as the target of a live migration.
     *
     * @throws IllegalStateException when it was not launched {@link LaunchMode.Incoming}
     */
    MigrationTarget migrationTarget();

    /** Moves its files to another directory while it runs. */
    StorageMover storageMover();

    /**
     * Sends its disks along with a live migration to a host that does not see them. HOST_ERROR where the engine cannot.
     */
    default DiskSender diskSender() {
        throw new FaultException(
                FaultCode.HOST_ERROR,
                vmId(),
                "The engine of this host cannot send disks to another one; move the virtual machine to a datastore that both hosts see first.");
    }

    /** Lets go of the virtual machine, which runs on. No event after this. */
    void detach();
}
