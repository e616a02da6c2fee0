package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.vmdirectory.VmShape;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the agent holds in memory of one virtual machine. The turn (a fair lock) is taken by everything that changes the
 * machine; the fields may be read without it.
 */
final class VmEntry {

    /** Longest wait for another operation on the same virtual machine. */
    static final long TURN_WAIT_SECONDS_MAX = 120;

    private final String vmId;
    private final ReentrantLock turn = new ReentrantLock(true);
    private volatile @Nullable RunningVm running;
    private volatile GuestView guest = GuestView.UNKNOWN;
    private volatile @Nullable SourceSession outgoing;
    private volatile @Nullable TargetSession incoming;
    private volatile @Nullable StorageSession moving;
    private volatile CompletableFuture<EngineEvent> ended = new CompletableFuture<>();
    private volatile boolean endExpected;
    private volatile boolean resetExpected;
    private volatile boolean lockKept;
    private volatile long endSeenNanos;
    private boolean disturbed;
    private volatile @Nullable VmView lastReported;

    VmEntry(String vmId) {
        this.vmId = vmId;
    }

    String vmId() {
        return vmId;
    }

    /** Waits for the turn; false when another operation has had it for too long. */
    boolean takeTurn() throws InterruptedException {
        return turn.tryLock(TURN_WAIT_SECONDS_MAX, TimeUnit.SECONDS);
    }

    void giveTurn() {
        turn.unlock();
    }

    boolean hasTurn() {
        return turn.isHeldByCurrentThread();
    }

    Optional<RunningVm> running() {
        return Optional.ofNullable(running);
    }

    /** The engine's handle; begins a new life, whose end {@link #ended} will tell. */
    void runs(RunningVm handle) {
        ended.complete(new EngineEvent.EngineDied(vmId, "its next life has begun"));
        ended = new CompletableFuture<>();
        endExpected = false;
        resetExpected = false;
        lockKept = false;
        endSeenNanos = 0;
        guest = GuestView.UNKNOWN;
        running = handle;
    }

    void runsNoMore() {
        running = null;
        incoming = null;
        guest = GuestView.UNKNOWN;
    }

    /** Completes when the engine reports that the virtual machine ended by itself. */
    CompletableFuture<EngineEvent> ended() {
        return ended;
    }

    /** How long ago this life was first seen ended; asking is seeing. */
    long endedForMillis() {
        long now = System.nanoTime();
        if (endSeenNanos == 0) {
            endSeenNanos = now == 0 ? 1 : now;
        }
        return (now - endSeenNanos) / 1_000_000;
    }

    GuestView guest() {
        return guest;
    }

    void guest(GuestView seen) {
        guest = seen;
    }

    Optional<SourceSession> outgoing() {
        return Optional.ofNullable(outgoing);
    }

    void outgoing(@Nullable SourceSession session) {
        outgoing = session;
    }

    /** The move of its files to another datastore, while it is under way. */
    Optional<StorageSession> moving() {
        return Optional.ofNullable(moving);
    }

    void moving(@Nullable StorageSession session) {
        moving = session;
    }

    Optional<TargetSession> incoming() {
        return Optional.ofNullable(incoming);
    }

    void incoming(@Nullable TargetSession session) {
        incoming = session;
    }

    /** Whether a command asked for the end, so that it is not reported as something that happened by itself. */
    boolean endExpected() {
        return endExpected;
    }

    void expectEnd(boolean expected) {
        endExpected = expected;
    }

    /** Whether it is being stopped to be started elsewhere, so that its lock is not given up when it ends. */
    boolean lockKept() {
        return lockKept;
    }

    void keepLock() {
        lockKept = true;
    }

    /** Whether a command asked for the reset that is now reported; asks once. */
    boolean takeResetExpected() {
        boolean expected = resetExpected;
        resetExpected = false;
        return expected;
    }

    void expectReset() {
        resetExpected = true;
    }

    /** Remembers whether something is wrong with it; tells what was remembered before. */
    synchronized boolean disturbed(boolean now) {
        boolean before = disturbed;
        disturbed = now;
        return before;
    }

    /** Remembers a report; false when it is the same as the last one. */
    synchronized boolean isNews(VmView view) {
        if (view.equals(lastReported)) {
            return false;
        }
        lastReported = view;
        return true;
    }

    /** The shape it was started with; empty when it does not run. */
    Optional<VmShape> shape() {
        return running().map(vm -> vm.launch().shape());
    }
}
