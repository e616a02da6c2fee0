package dev.sternpost.server.drs;

import dev.sternpost.drs.snapshot.VmMobility.LastMove;
import dev.sternpost.inventory.HostId;
import dev.sternpost.server.migration.LiveMigration;
import dev.sternpost.server.migration.MigrationView;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which VM came from where and when, so that none goes back and forth; kept as long as that matters. */
final class MoveHistory {
    private static final Duration KEPT = Duration.ofHours(2);

    private final Map<String, LastMove> moves = new ConcurrentHashMap<>();
    private final Tasks tasks;
    private boolean learnt;

    MoveHistory(TaskBoard board, Tasks tasks) {
        this.tasks = tasks;
        board.follow(view -> noteEnded(view.task()));
    }

    /** Learns, once, what was moved before the server was started. */
    synchronized void learn() {
        if (learnt) {
            return;
        }
        learnt = true;
        tasks.list(new TaskQuery(null, false, null, TaskQuery.LIMIT_MAX)).reversed().stream()
                .map(view -> view.task())
                .forEach(this::noteEnded);
    }

    private void noteEnded(Task task) {
        boolean moved = LiveMigration.isLive(task.draft().kind()) && task.state() == TaskState.SUCCEEDED;
        @Nullable Instant end = task.summary().endTime();
        if (moved && end != null) {
            MigrationView.of(task.summary())
                    .map(view -> new LastMove(new HostId(view.sourceHostId()), end.getEpochSecond()))
                    .ifPresent(move -> moves.merge(
                            task.draft().subjectId(),
                            move,
                            (one, other) -> one.atSeconds() > other.atSeconds() ? one : other));
        }
    }

    Optional<LastMove> of(String vmId) {
        return Optional.ofNullable(moves.get(vmId));
    }

    void forgetBefore(Instant now) {
        long oldest = now.minus(KEPT).getEpochSecond();
        moves.values().removeIf(move -> move.atSeconds() < oldest);
    }
}
