package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.MigrationProgress;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the server should hear. Calls return at once; while the server is away they are dropped, since it asks again
 * for results, gets the whole inventory at the next connection, and events wait in the ledger.
 */
public interface Reporter {

    /** A long command goes on. */
    void progress(String commandId, int percent, String detail, @Nullable MigrationProgress migration);

    /** A command ended. */
    void finished(String commandId, Outcome outcome);

    /** A virtual machine changed. */
    void changed(VmView vm);

    /** There is a new event in the ledger. */
    void happened();
}
