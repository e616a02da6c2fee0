package dev.sternpost.agent.engine;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The target of a live migration: a shadow VM that waits for memory. Ended by {@link RunningVm#powerOff}. */
public interface MigrationTarget {

    /**
     * Listens for the stream on a unix socket. On return one may connect.
     *
     * @param socket inside {@link RunningVm#socketDirectory()}; must not exist
     */
    void listen(Path socket);

    /**
     * Takes its disks too, from a {@link DiskSender}: on return one may connect. Over before the guest runs. HOST_ERROR where the engine cannot.
     *
     * @param socket inside {@link RunningVm#socketDirectory()}; must not exist
     * @param labels of its disks
     */
    default void receiveDisks(Path socket, List<String> labels) {
        throw new FaultException(
                FaultCode.HOST_ERROR,
                "The engine of this host cannot take disks from another one; move the virtual machine to a datastore that both hosts see first.");
    }

    /**
     * Waits until all memory and devices are there. The guest stays paused. MIGRATION_FAILED when the stream broke (the
     * shadow VM has ended then), OPERATION_TIMED_OUT when the time is up.
     */
    void awaitLoaded(Duration timeout);

    /**
     * Lets the guest run here. The caller has made sure that the lock names this host. Takes the disks; VM_LOCKED when
     * somebody still has one. Repeating it is harmless.
     *
     * @return when the engine said that the virtual CPUs run
     */
    RunInstant activate();

    /**
     * When the guest's virtual CPUs began to run, by both clocks of this host.
     *
     * @param nanoTime {@link System#nanoTime()}
     * @param epochNanos wall clock since the epoch
     */
    record RunInstant(long nanoTime, long epochNanos) {}
}
