package dev.sternpost.db.task;

import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.task.Creation;
import dev.sternpost.task.LeaseLostException;
import dev.sternpost.task.LogRecord;
import dev.sternpost.task.RunnerLease;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskStore;
import dev.sternpost.task.TaskSummary;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tasks in PostgreSQL.
 *
 * <p>Who changes a task locks its row first, and looks at it as it is then, so that an append and an adoption never cross: an append
 * by the old driver either comes before the adoption, or finds the new epoch. Leases are measured by the clock of the database.
 */
public final class PgTaskStore implements TaskStore {
    /** Attempts at a create whose claim is given up by its holder again and again while we look. */
    private static final int CREATE_ATTEMPTS_MAX = 10;

    private final Transactions transactions;
    private final TaskRows tasks;
    private final TaskLogRows logs;
    private final TaskClaimRows claims;
    private final TaskLeaseRows leases;

    /** What a shared transaction has gathered; there is one of those at a time. */
    private @Nullable Gathered gathered;

    private record Gathered(SharedCreates creates, SharedAppends appends) {
        void write() {
            creates.write();
            appends.write();
        }
    }

    public PgTaskStore(JdbcTemplate jdbc, Transactions transactions) {
        this.transactions = transactions;
        this.tasks = new TaskRows(jdbc);
        this.logs = new TaskLogRows(jdbc);
        this.claims = new TaskClaimRows(jdbc);
        this.leases = new TaskLeaseRows(jdbc);
    }

    @Override
    public Creation create(TaskDraft draft, String runner) {
        return transactions.inTransaction(() -> {
            for (int attempt = 0; attempt < CREATE_ATTEMPTS_MAX; attempt++) {
                Optional<Creation> answer = tryCreate(draft, runner);
                if (answer.isPresent()) {
                    return answer.get();
                }
            }
            throw new IllegalStateException("the claims of a new task are taken and given up too quickly to tell");
        });
    }

    /**
     * One attempt; empty when what stood in its way is gone already.
     *
     * <p>Concurrent creates meet at the unique claims and the unique request id: the second one waits there for the end
     * of the first one's transaction. Claims are taken in the order of their text, so that two never wait for each
     * other.
     */
    private Optional<Creation> tryCreate(TaskDraft draft, String runner) {
        if (draft.claims().isEmpty()) {
            Optional<Creation> created =
                    tasks.insert(draft, TaskSummary.queued(), runner).map(Creation.Created::new);
            return created.isPresent() ? created : tasks.earlier(draft);
        }
        Optional<Creation> earlier = tasks.earlier(draft);
        if (earlier.isPresent()) {
            return earlier;
        }
        TaskId id = tasks.nextId();
        for (String claim : draft.claims().stream().sorted().toList()) {
            if (!claims.take(claim, id)) {
                claims.giveUp(id);
                // The holder may be the task of this very request.
                return tasks.earlier(draft)
                        .or(() -> claims.holder(claim).map(by -> new Creation.ClaimTaken(claim, by)));
            }
        }
        Optional<Task> created = tasks.insert(id, draft, TaskSummary.queued(), runner);
        if (created.isEmpty()) {
            claims.giveUp(id);
        }
        return created.map(Creation.Created::new);
    }

    @Override
    public Supplier<Creation> createShared(TaskDraft draft, String runner) {
        if (!transactions.isShared() || !draft.claims().isEmpty()) {
            Creation creation = create(draft, runner);
            return () -> creation;
        }
        return gathered().creates().add(draft, runner);
    }

    @Override
    public Task append(TaskId id, long epoch, List<LogRecord> records, TaskSummary summary) {
        if (records.isEmpty() || records.size() > APPEND_MAX) {
            throw new IllegalArgumentException(records.size() + " records");
        }
        return transactions.inTransaction(
                () -> tasks.append(id, epoch, new LogColumns(records), summary).orElseThrow(() -> lost(id, epoch)));
    }

    @Override
    public Supplier<Task> appendShared(Task task, List<LogRecord> records, TaskSummary summary) {
        if (!transactions.isShared()) {
            Task stored = append(task.id(), task.epoch(), records, summary);
            return () -> stored;
        }
        if (records.isEmpty() || records.size() > APPEND_MAX) {
            throw new IllegalArgumentException(records.size() + " records");
        }
        return gathered().appends().add(task, records, summary);
    }

    private Gathered gathered() {
        Gathered open = gathered;
        if (open == null) {
            open = new Gathered(new SharedCreates(tasks), new SharedAppends(tasks));
            gathered = open;
            transactions.onCompletion(outcome -> gathered = null);
            transactions.beforeCommit(open::write);
        }
        return open;
    }

    @Override
    public Optional<Task> find(TaskId id) {
        return tasks.find(id);
    }

    @Override
    public Optional<Task> findByRequest(String userName, String kind, String requestId) {
        return tasks.findByRequest(userName, kind, requestId);
    }

    @Override
    public List<Task> findAll(Collection<TaskId> ids) {
        return ids.isEmpty() ? List.of() : tasks.findAll(ids);
    }

    @Override
    public List<LogRecord> log(TaskId id) {
        return logs.find(id);
    }

    @Override
    public List<Task> list(TaskQuery query) {
        return tasks.list(query);
    }

    @Override
    public List<Task> unfinished(long after, int limit) {
        return tasks.unfinished(after, limit);
    }

    @Override
    public Optional<Task> requestCancel(TaskId id) {
        return transactions.inTransaction(() -> {
            Optional<Task> task = tasks.lock(id);
            if (task.isEmpty() || task.get().state().isEnd() || task.get().cancelRequested()) {
                return task;
            }
            Task cancelled = task.get().withCancelRequested();
            tasks.update(cancelled);
            return Optional.of(cancelled);
        });
    }

    @Override
    public RunnerLease acquireLease(String runner, Duration duration) {
        return transactions.inTransaction(() -> leases.acquire(runner, duration));
    }

    @Override
    public RunnerLease renewLease(RunnerLease lease, Duration duration) {
        return transactions.inTransaction(() -> leases.renew(lease, duration).orElseThrow(() -> lost(lease)));
    }

    @Override
    public List<RunnerLease> currentLeases() {
        return leases.current();
    }

    @Override
    public Optional<Task> adopt(TaskId id, RunnerLease lease, long expectedEpoch) {
        return transactions.inTransaction(() -> {
            Optional<Task> task = tasks.lock(id);
            if (!leases.isCurrent(lease)) {
                throw lost(lease);
            }
            if (task.isEmpty() || task.get().state().isEnd() || task.get().epoch() != expectedEpoch) {
                return Optional.<Task>empty();
            }
            Task adopted = task.get().adoptedBy(lease.runner());
            tasks.update(adopted);
            return Optional.of(adopted);
        });
    }

    private static LeaseLostException lost(RunnerLease lease) {
        return new LeaseLostException("the lease of " + lease.runner() + ", term " + lease.term() + ", is not current");
    }

    static LeaseLostException lost(TaskId id, long epoch) {
        return new LeaseLostException(id + " is not driven under epoch " + epoch + " any more");
    }
}
