package dev.sternpost.server.migration;

import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.StepProgress;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Follows the moves of a job until the last has ended, and says how far they are. Heard from many threads. */
final class ManyMovesCourse {
    private final StepContext context;
    private final InstantSource clock;
    private final long forecastMillis;
    private final Instant begun;
    private final CompletableFuture<StepOutput> end = new CompletableFuture<>();
    private final Map<String, ManyMovesView.Entry> entries = new LinkedHashMap<>();
    private final List<TaskBoard.Subscription> ears = new ArrayList<>();
    private boolean allFiled;

    /** @param forecastMillis how long all is expected to take; 0 when nothing is known */
    ManyMovesCourse(StepContext context, InstantSource clock, long forecastMillis) {
        this.context = context;
        this.clock = clock;
        this.forecastMillis = forecastMillis;
        Instant start = context.task().summary().startTime();
        this.begun = start == null ? context.now() : start;
    }

    synchronized void add(String vmId, String vmName) {
        entries.put(vmId, new ManyMovesView.Entry(vmId, vmName, "", TaskState.QUEUED, ""));
    }

    synchronized void filed(String vmId, TaskView view) {
        put(vmId, view.task());
    }

    synchronized void refused(String vmId, FaultException why) {
        ManyMovesView.Entry entry = entry(vmId);
        entries.put(
                vmId,
                new ManyMovesView.Entry(
                        vmId, entry.vmName(), "", null, why.fault().message()));
    }

    /** Until all is over. */
    synchronized void hearBy(TaskBoard.Subscription ear) {
        ears.add(ear);
    }

    void heard(String vmId, TaskView view) {
        boolean over;
        synchronized (this) {
            put(vmId, view.task());
            over = allFiled && isOver();
        }
        if (over) {
            finish();
        } else {
            tell();
        }
    }

    /** All were filed or refused; completes when the last has ended. */
    CompletionStage<StepOutput> end() {
        boolean over;
        synchronized (this) {
            allFiled = true;
            over = isOver();
        }
        if (over) {
            finish();
        } else {
            tell();
        }
        return end;
    }

    private void put(String vmId, Task task) {
        TaskFault fault = task.summary().fault();
        String detail = fault != null
                ? fault.message()
                : task.state().isEnd() ? "" : task.summary().currentStep();
        entries.put(
                vmId,
                new ManyMovesView.Entry(vmId, entry(vmId).vmName(), task.id().toString(), task.state(), detail));
    }

    private ManyMovesView.Entry entry(String vmId) {
        ManyMovesView.@Nullable Entry entry = entries.get(vmId);
        if (entry == null) {
            throw new IllegalStateException(vmId + " is none of them");
        }
        return entry;
    }

    private boolean isOver() {
        return entries.values().stream().allMatch(ManyMovesView.Entry::over);
    }

    private void finish() {
        ManyMovesView view;
        synchronized (this) {
            ears.forEach(TaskBoard.Subscription::close);
            ears.clear();
            view = new ManyMovesView(List.copyOf(entries.values()), 0);
        }
        long moved = view.entries().stream().filter(ManyMovesView.Entry::moved).count();
        String report = Json.write(view);
        context.progress().accept(new StepProgress(100, "", report));
        end.complete(StepOutput.of(
                report, "%d of %d moved".formatted(moved, view.entries().size())));
    }

    private void tell() {
        StepProgress progress;
        synchronized (this) {
            long over = count(entries.values().stream().filter(ManyMovesView.Entry::over));
            long moved = count(entries.values().stream().filter(ManyMovesView.Entry::moved));
            long waiting = count(entries.values().stream()
                    .filter(entry -> !entry.over())
                    .filter(entry ->
                            entry.state() == TaskState.QUEUED || entry.detail().equals(MoveQueue.STEP)));
            long leftMillis = leftMillis(over);
            String detail = "%d of %d moved%s, %d under way, %d wait%s"
                    .formatted(
                            moved,
                            entries.size(),
                            over > moved ? ", %d not".formatted(over - moved) : "",
                            entries.size() - over - waiting,
                            waiting,
                            leftMillis == 0 ? "" : "; about %d s left".formatted((leftMillis + 999) / 1000));
            progress = new StepProgress(
                    (int) (over * 100 / entries.size()),
                    detail,
                    Json.write(new ManyMovesView(List.copyOf(entries.values()), leftMillis)));
        }
        context.progress().accept(progress);
    }

    private static long count(Stream<ManyMovesView.Entry> some) {
        return some.count();
    }

    /** By what those took that have ended; before one has, by the forecast. */
    private long leftMillis(long over) {
        long elapsedMillis = clock.millis() - begun.toEpochMilli();
        return over == 0
                ? Math.max(0, forecastMillis - elapsedMillis)
                : Math.round((double) elapsedMillis / over * (entries.size() - over));
    }

    /** Cancels what can be, and waits for the end of all. */
    static CompletionStage<@Nullable Void> cancel(Tasks tasks, List<TaskId> children) {
        CompletableFuture<?>[] ends = children.stream()
                .map(id -> {
                    CompletableFuture<TaskView> ended = new CompletableFuture<>();
                    var subscription = tasks.watch(id.toString(), view -> {
                        if (view.task().state().isEnd()) {
                            ended.complete(view);
                        }
                    });
                    try {
                        tasks.cancel(id.toString());
                    } catch (FaultException e) {
                        // Past its point of no return, or over: its end is waited for.
                        ended.isDone();
                    }
                    return ended.whenComplete((view, error) -> subscription.close());
                })
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(ends);
    }
}
