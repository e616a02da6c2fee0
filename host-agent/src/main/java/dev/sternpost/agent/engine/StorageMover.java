package dev.sternpost.agent.engine;

import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Moving the files of a virtual machine to another directory while its guest runs. Copies are kept equal from {@link #start} on: what the
 * guest writes goes to both. Nothing counts before {@link #switchOver}; until then {@link #cancel} leaves the guest with the
 * files it had. Calls are serialized by the caller, but for {@link #progress}.
 */
public interface StorageMover {

    /**
     * How far the copies are.
     *
     * @param copiedBytes of those to be copied
     * @param totalBytes to be copied as of now; rises while the guest writes
     * @param inStep whether the copies are equal to what they are copies of, and are kept so
     * @param error why copying ended; empty while it goes on
     */
    record Progress(long copiedBytes, long totalBytes, boolean inStep, String error) {}

    /** Thrown by who decides when it is not known which files are the true ones. */
    final class Undecided extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Undecided(FaultException cause) {
            super(cause.getMessage(), cause);
        }

        /** What to tell who asked. */
        public FaultException fault() {
            return (FaultException) Objects.requireNonNull(getCause());
        }
    }

    /**
     * Begins to copy.
     *
     * @param directory where the new images lie, empty but with their full capacity
     * @param disks all disks of the virtual machine, with the names of the new files and how these are set aside
     * @param bytesPerSecondMax for each disk; 0 for no limit
     */
    void start(Path directory, List<DiskShape> disks, long bytesPerSecondMax);

    /** How far they are. */
    Progress progress();

    /** Ends copying. The guest goes on with the files it has, and nothing holds the new ones any more. Does nothing when nothing is copied. */
    void cancel();

    /**
     * Gives the guest the copies. It stands still meanwhile, so that old and new files are equal whatever dies. When this throws, the guest
     * goes on with the files it had, and copying has ended; but after {@link Undecided} it stands still until {@link #settle}.
     *
     * @param next how it would be started from where it is now
     * @param decide called when the guest stands still and everything is written: makes the new files the true ones
     * @return how long the guest stood still, in milliseconds
     */
    double switchOver(VmLaunch next, Runnable decide);

    /**
     * After a crash: ends what goes on, makes sure that the guest has the files of this launch, and lets it go on when it was stopped for a
     * switch-over.
     *
     * @throws IllegalStateException when the guest runs on other files
     */
    void settle(VmLaunch wanted);
}
