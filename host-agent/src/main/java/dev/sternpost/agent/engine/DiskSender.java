package dev.sternpost.agent.engine;

import java.nio.file.Path;

/**
 * Sends the disks of a virtual machine to the shadow VM of a live migration on a host that does not see them, while its guest runs. From
 * {@link #start} on what the guest writes goes to both. The guest goes on with its own disks whatever happens; the order of calls is {@link
 * #start}; {@link #progress} until it is in step; memory is migrated; when the guest stands still for the switch-over, {@link #finish}. Calls are
 * serialized by the caller, but for {@link #progress}.
 */
public interface DiskSender {

    /**
     * Connects to the shadow VM's disks and begins to copy. Disks become what they are there: backing files are not told apart.
     *
     * @param socket on which someone listens, for one connection for each disk
     * @param bytesPerSecondMax for each disk; 0 for no limit
     */
    void start(Path socket, long bytesPerSecondMax);

    /** How far they are. */
    StorageMover.Progress progress();

    /**
     * The guest stands still: returns when all it has written is at the other side, and nothing is connected any more. MIGRATION_FAILED when that
     * cannot be had; then {@link #cancel}.
     */
    void finish();

    /** Ends copying, however far it is. Does nothing when nothing is copied. */
    void cancel();
}
