package dev.sternpost.agent.engine;

import java.util.List;
import java.util.Optional;

/**
 * Runs virtual machines on one host. All calls block and are meant for virtual threads; every wait inside is bounded.
 * Failures are {@code FaultException}s: HOST_ERROR (engine failed; the end of its error output is in the fault's
 * context), GUEST_NOT_RESPONDING, MIGRATION_FAILED, OPERATION_TIMED_OUT, VM_LOCKED (a disk is in use elsewhere).
 *
 * <p>The engine keeps what it needs to find a virtual machine again in its run directory. It knows nothing of locks on
 * the datastore or of ledgers: whoever calls {@link #start} has made sure that this host may run the virtual machine.
 * It makes and removes network ports itself, so that they live exactly as long as the process.
 */
public interface HypervisorEngine extends AutoCloseable {

    /** What this engine is. Does not change while the agent runs. */
    EngineFacts facts();

    /**
     * Starts a virtual machine. On return it runs (cold, resumed) or waits for a stream (incoming). When this throws,
     * no process, socket, network port or cgroup of it remains.
     *
     * @param beforeRun called when all is made and just before the guest is let run; when it throws, nothing has run. Not called for a
     *     virtual machine that waits for a stream
     * @throws IllegalStateException when this engine already holds a virtual machine with that id
     */
    RunningVm start(VmLaunch launch, EngineListener listener, Runnable beforeRun);

    /** Likewise, with nothing to ask before the guest is let run. */
    default RunningVm start(VmLaunch launch, EngineListener listener) {
        return start(launch, listener, () -> {});
    }

    /** What an earlier agent left in the run directory, dead or alive. Adopts nothing. */
    List<Survivor> survivors();

    /**
     * Takes a survivor over. Empty when its process is gone; its leftovers are removed then. Events of the time before
     * are not replayed: look at {@link RunningVm#state()} and {@link MigrationSource#progress()}.
     */
    Optional<RunningVm> adopt(String vmId, EngineListener listener);

    /**
     * Removes every trace of a virtual machine that this engine does not hold: ends its process if it lives, removes
     * sockets and network ports. Does nothing when there is none.
     */
    void clear(String vmId);

    /**
     * Removes what belongs to no virtual machine with an entry in the run directory: stray sockets, network ports
     * and control groups. Called once at start, before the first {@link #start}.
     */
    void sweep();

    /** The virtual machines held now. */
    List<RunningVm> running();

    /** Lets go of everything. Virtual machines run on. */
    @Override
    void close();
}
