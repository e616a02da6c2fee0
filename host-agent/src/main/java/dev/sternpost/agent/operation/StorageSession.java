package dev.sternpost.agent.operation;

import dev.sternpost.agent.operation.Operation.MoveFiles;
import dev.sternpost.agent.vmdirectory.NewHome;
import dev.sternpost.agent.vmdirectory.StoredVm;
import dev.sternpost.agent.vmdirectory.VmShape;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The move of a virtual machine's files to another datastore, while it is under way. */
final class StorageSession {

    /** How far it is. Only ever goes down this list, except that COPYING may become OVER at once. */
    enum Stage {
        /** Files are copied, or kept equal; what counts is where they were. */
        COPYING,
        /** The change-over was allowed. Too late to cancel. */
        SWITCHING,
        /** Ended one way or the other. */
        OVER
    }

    private final String commandId;
    private final String vmId;
    private final MoveFiles order;
    private final StoredVm old;
    private final NewHome home;
    private final boolean running;
    private final CompletableFuture<VmShape> inStep = new CompletableFuture<>();
    private final CompletableFuture<Stage> over = new CompletableFuture<>();
    private Stage stage = Stage.COPYING;
    private boolean cancelled;
    private @Nullable Thread driver;

    /** @param running whether its guest runs, so that copies have to be kept equal */
    StorageSession(String commandId, String vmId, MoveFiles order, StoredVm old, NewHome home, boolean running) {
        this.commandId = commandId;
        this.vmId = vmId;
        this.order = order;
        this.old = old;
        this.home = home;
        this.running = running;
    }

    /** Key of the command that began it; progress is reported under it. */
    String commandId() {
        return commandId;
    }

    String vmId() {
        return vmId;
    }

    MoveFiles order() {
        return order;
    }

    StoredVm old() {
        return old;
    }

    NewHome home() {
        return home;
    }

    boolean running() {
        return running;
    }

    /** Completes, with the shape at the target, when only the change-over is left to do; fails when the move ended before. */
    CompletableFuture<VmShape> inStep() {
        return inStep;
    }

    /** Completes when nothing of the move goes on any more. */
    CompletableFuture<Stage> over() {
        return over;
    }

    synchronized Stage stage() {
        return stage;
    }

    /** Whose interrupt ends a copying program. */
    synchronized void drivenBy(@Nullable Thread thread) {
        driver = thread;
        if (thread != null && cancelled) {
            thread.interrupt();
        }
    }

    /** COPYING to SWITCHING; false when it was cancelled, is over, or is not in step yet. */
    synchronized boolean beginSwitch() {
        if (stage != Stage.COPYING || cancelled || !inStep.isDone() || inStep.isCompletedExceptionally()) {
            return false;
        }
        stage = Stage.SWITCHING;
        return true;
    }

    /** Asks for the end; false when it is too late. */
    synchronized boolean cancel() {
        if (stage == Stage.SWITCHING) {
            return false;
        }
        cancelled = true;
        if (driver != null) {
            driver.interrupt();
        }
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
