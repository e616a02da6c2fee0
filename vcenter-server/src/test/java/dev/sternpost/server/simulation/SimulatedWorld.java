package dev.sternpost.server.simulation;

import dev.sternpost.server.work.Faults;
import dev.sternpost.task.Atomic;
import dev.sternpost.task.FailureReader;
import dev.sternpost.task.InMemoryTaskStore;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskView;
import dev.sternpost.task.Workflow;
import dev.sternpost.task.kit.KitLoop;
import dev.sternpost.task.kit.WorkflowKit;
import dev.sternpost.task.kit.WorkflowWorld;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A simulated datacenter as the workflow kit wants it. */
public final class SimulatedWorld implements WorkflowWorld {
    private final SimulatedDatacenter datacenter;
    private final TaskDraft draft;

    private SimulatedWorld(
            KitLoop loop,
            InMemoryTaskStore store,
            List<Function<SimulatedDatacenter.Server, TaskView>> before,
            Function<SimulatedDatacenter.Server, TaskView> trial) {
        datacenter = new SimulatedDatacenter(loop, store);
        SimulatedDatacenter.Server server = datacenter.server();
        before.forEach(step -> server.succeed(step.apply(server)));
        server.close();
        draft = datacenter.draftOf(trial);
    }

    /** The kit's tests of the workflow that a use case files a task for, after others were done. */
    @SafeVarargs
    public static Stream<DynamicTest> tests(
            Function<SimulatedDatacenter.Server, TaskView> trial,
            Function<SimulatedDatacenter.Server, TaskView>... before) {
        return WorkflowKit.tests((loop, store) -> new SimulatedWorld(loop, store, List.of(before), trial));
    }

    @Override
    public Workflow workflow() {
        return datacenter.workflow(draft.kind());
    }

    @Override
    public TaskDraft draft() {
        return draft;
    }

    @Override
    public Atomic atomic(InMemoryTaskStore store) {
        return datacenter.atomic();
    }

    @Override
    public FailureReader failures() {
        return Faults.reader();
    }

    @Override
    public String state() {
        return datacenter.state();
    }

    @Override
    public void reconcile() {
        datacenter.report();
    }

    @Override
    public void checkInvariants() {
        datacenter.checkInvariants();
    }
}
