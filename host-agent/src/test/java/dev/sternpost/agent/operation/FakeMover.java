package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.DiskSender;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.util.List;

/** Moves nothing but remembers which files the guest uses, and can be cut off on either side of the decision. */
final class FakeMover implements StorageMover, DiskSender {

    /** Where the agent that drives it dies. */
    enum Cut {
        NOWHERE,
        BEFORE_DECISION,
        AFTER_DECISION
    }

    volatile Cut cut = Cut.NOWHERE;
    volatile boolean copying;
    volatile String error = "";
    private final FakeWorld.Process process;

    FakeMover(FakeWorld.Process process) {
        this.process = process;
    }

    @Override
    public void start(Path directory, List<DiskShape> disks, long bytesPerSecondMax) {
        copying = true;
    }

    @Override
    public void start(Path socket, long bytesPerSecondMax) {
        copying = true;
    }

    @Override
    public void finish() {
        if (process.state() != RunState.PAUSED) {
            throw new IllegalStateException("the guest has to stand still");
        }
        if (!progress().inStep()) {
            throw new FaultException(FaultCode.MIGRATION_FAILED, "disks fell out of step: " + error);
        }
        copying = false;
    }

    @Override
    public Progress progress() {
        String why = process.state() == RunState.ENDED ? "it has ended" : copying ? error : "nothing is copied";
        return new Progress(1, 1, why.isEmpty(), why);
    }

    @Override
    public void cancel() {
        copying = false;
    }

    @Override
    public double switchOver(VmLaunch next, Runnable decide) {
        process.stand(RunState.PAUSED);
        dieAt(Cut.BEFORE_DECISION);
        try {
            decide.run();
        } catch (Undecided e) {
            throw e;
        } catch (RuntimeException e) {
            cancel();
            process.go();
            throw e;
        }
        dieAt(Cut.AFTER_DECISION);
        process.launch = next;
        process.go();
        copying = false;
        return 1;
    }

    /** What a killed agent leaves: nothing is cleaned up, and the guest stands still. */
    private void dieAt(Cut here) {
        if (cut == here) {
            throw new Undecided(new FaultException(FaultCode.HOST_ERROR, "the agent dies here"));
        }
    }

    @Override
    public void settle(VmLaunch wanted) {
        copying = false;
        process.launch = wanted;
        if (process.state() == RunState.PAUSED) {
            process.go();
        }
    }
}
