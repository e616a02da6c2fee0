package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.engine.MigrationSource;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.operation.Operation.StartMigration;
import dev.sternpost.agent.relay.Outbound;
import java.util.concurrent.CompletableFuture;

/** A live migration away from this host, while it is under way. */
final class SourceSession {

    /** How far it is. Only ever goes down this list, except that COPYING may become OVER at once. */
    enum Stage {
        /** Memory is copied; the guest runs. */
        COPYING,
        /** The switch-over was allowed; the lock still names this host. */
        SWITCHING,
        /** The lock is being handed over, or has been. Too late to cancel. */
        PASSED,
        /** Ended one way or the other. */
        OVER
    }

    private final String commandId;
    private final String vmId;
    private final long generation;
    private final StartMigration order;
    private final RunningVm running;
    private final Outbound outbound;
    private final CompletableFuture<MigrationProgress> converged = new CompletableFuture<>();
    private Stage stage = Stage.COPYING;
    private boolean cancelled;

    SourceSession(
            String commandId,
            String vmId,
            long generation,
            StartMigration order,
            RunningVm running,
            Outbound outbound) {
        this.commandId = commandId;
        this.vmId = vmId;
        this.generation = generation;
        this.order = order;
        this.running = running;
        this.outbound = outbound;
    }

    /** Key of the command that began it; progress is reported under it. */
    String commandId() {
        return commandId;
    }

    String vmId() {
        return vmId;
    }

    /** Generation the guest runs under here. */
    long generation() {
        return generation;
    }

    StartMigration order() {
        return order;
    }

    RunningVm running() {
        return running;
    }

    MigrationSource source() {
        return running.migrationSource();
    }

    Outbound outbound() {
        return outbound;
    }

    /** Completes when the guest may be stopped; fails when the migration ended before. */
    CompletableFuture<MigrationProgress> converged() {
        return converged;
    }

    synchronized Stage stage() {
        return stage;
    }

    /** COPYING to SWITCHING; false when it was cancelled or is over. */
    synchronized boolean beginSwitch() {
        if (stage != Stage.COPYING || cancelled) {
            return false;
        }
        stage = Stage.SWITCHING;
        return true;
    }

    /** SWITCHING to PASSED, from where it cannot be cancelled; false when it was cancelled. */
    synchronized boolean pass() {
        if (stage != Stage.SWITCHING || cancelled) {
            return false;
        }
        stage = Stage.PASSED;
        return true;
    }

    /** Asks for the end; false when it is too late. */
    synchronized boolean cancel() {
        if (stage == Stage.PASSED) {
            return false;
        }
        cancelled = true;
        return true;
    }

    synchronized boolean cancelled() {
        return cancelled;
    }

    /** The end; false when somebody else has ended it. */
    synchronized boolean finish() {
        if (stage == Stage.OVER) {
            return false;
        }
        stage = Stage.OVER;
        return true;
    }
}
