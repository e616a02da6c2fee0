package dev.sternpost.task;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tasks in memory, for tests and simulations; forgets everything with its process. One lock guards it, and
 * {@link #run} holds it, so that transactions are serial. What a transaction changed is taken back when it throws;
 * others that take part say how with {@link #onRollback}.
 */
public final class InMemoryTaskStore implements TaskStore, Atomic {
    private record RequestKey(String userName, String kind, String requestId) {}

    private final InstantSource clock;
    private final TreeMap<Long, Task> tasks = new TreeMap<>();
    private final Map<TaskId, List<LogRecord>> logs = new HashMap<>();
    private final Map<RequestKey, TaskId> requests = new HashMap<>();
    private final Map<String, TaskId> claims = new HashMap<>();
    private final Map<String, RunnerLease> leases = new TreeMap<>();
    private @Nullable Deque<Runnable> rollback;
    private long lastNumber;

    public InMemoryTaskStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized <T> T run(Supplier<T> work) {
        if (rollback != null) {
            return work.get();
        }
        Deque<Runnable> journal = new ArrayDeque<>();
        rollback = journal;
        boolean kept = false;
        try {
            T result = work.get();
            kept = true;
            return result;
        } finally {
            rollback = null;
            if (!kept) {
                journal.forEach(Runnable::run);
            }
        }
    }

    /** What takes back a change that was just made, should the transaction of the caller fail; ignored outside of one. */
    public synchronized void onRollback(Runnable action) {
        if (rollback != null) {
            rollback.push(action);
        }
    }

    @Override
    public synchronized Creation create(TaskDraft draft, String runner) {
        RequestKey key = new RequestKey(draft.userName(), draft.kind(), draft.requestId());
        if (!draft.requestId().isEmpty() && requests.get(key) instanceof TaskId earlier) {
            Task task = held(earlier);
            return task.draft().requestDigest().equals(draft.requestDigest())
                    ? new Creation.Existing(task)
                    : new Creation.RequestIdReused(earlier);
        }
        for (String claim : draft.claims().stream().sorted().toList()) {
            if (claims.get(claim) instanceof TaskId holder) {
                return new Creation.ClaimTaken(claim, holder);
            }
        }
        lastNumber++;
        TaskId id = new TaskId(lastNumber);
        Task task = new Task(id, draft, TaskSummary.queued(), clock.instant(), false, runner, 1, 0);
        put(tasks, id.number(), task);
        put(logs, id, List.of());
        if (!draft.requestId().isEmpty()) {
            put(requests, key, id);
        }
        draft.claims().forEach(claim -> put(claims, claim, id));
        return new Creation.Created(task);
    }

    @Override
    public synchronized Task append(TaskId id, long epoch, List<LogRecord> records, TaskSummary summary) {
        if (records.isEmpty() || records.size() > APPEND_MAX) {
            throw new IllegalArgumentException(records.size() + " records");
        }
        Task task = tasks.get(id.number());
        if (task == null || task.epoch() != epoch || task.state().isEnd() || !current(task.runner())) {
            throw new LeaseLostException(id + " is not driven under epoch " + epoch + " any more");
        }
        Task next = task.withSummary(summary, records.size());
        List<LogRecord> log = new ArrayList<>(Objects.requireNonNull(logs.get(id)));
        log.addAll(records);
        put(tasks, id.number(), next);
        put(logs, id, List.copyOf(log));
        if (summary.state().isEnd()) {
            task.draft().claims().forEach(this::dropClaim);
        }
        return next;
    }

    @Override
    public synchronized Optional<Task> find(TaskId id) {
        return Optional.ofNullable(tasks.get(id.number()));
    }

    @Override
    public synchronized Optional<Task> findByRequest(String userName, String kind, String requestId) {
        return Optional.ofNullable(requests.get(new RequestKey(userName, kind, requestId)))
                .map(this::held);
    }

    @Override
    public synchronized List<Task> findAll(Collection<TaskId> ids) {
        return ids.stream()
                .sorted()
                .distinct()
                .map(id -> tasks.get(id.number()))
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public synchronized List<LogRecord> log(TaskId id) {
        return logs.getOrDefault(id, List.of());
    }

    @Override
    public synchronized List<Task> list(TaskQuery query) {
        TaskId before = query.before();
        return (before == null ? tasks : tasks.headMap(before.number(), false))
                .descendingMap().values().stream()
                        .filter(task -> query.subjectId() == null
                                || query.subjectId().equals(task.draft().subjectId()))
                        .filter(task -> !query.activeOnly() || !task.state().isEnd())
                        .limit(query.limit())
                        .toList();
    }

    @Override
    public synchronized List<Task> unfinished(long after, int limit) {
        return tasks.tailMap(after, false).values().stream()
                .filter(task -> !task.state().isEnd())
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized Optional<Task> requestCancel(TaskId id) {
        Task task = tasks.get(id.number());
        if (task == null || task.state().isEnd() || task.cancelRequested()) {
            return Optional.ofNullable(task);
        }
        Task cancelled = task.withCancelRequested();
        put(tasks, id.number(), cancelled);
        return Optional.of(cancelled);
    }

    @Override
    public synchronized RunnerLease acquireLease(String runner, Duration duration) {
        RunnerLease before = leases.get(runner);
        return keep(new RunnerLease(runner, before == null ? 1 : before.term() + 1, expiry(duration)));
    }

    @Override
    public synchronized RunnerLease renewLease(RunnerLease lease, Duration duration) {
        requireCurrent(lease);
        return keep(new RunnerLease(lease.runner(), lease.term(), expiry(duration)));
    }

    @Override
    public synchronized List<RunnerLease> currentLeases() {
        return leases.values().stream().filter(lease -> current(lease.runner())).toList();
    }

    @Override
    public synchronized Optional<Task> adopt(TaskId id, RunnerLease lease, long expectedEpoch) {
        requireCurrent(lease);
        Task task = tasks.get(id.number());
        if (task == null || task.state().isEnd() || task.epoch() != expectedEpoch) {
            return Optional.empty();
        }
        Task adopted = task.adoptedBy(lease.runner());
        put(tasks, id.number(), adopted);
        return Optional.of(adopted);
    }

    private void requireCurrent(RunnerLease lease) {
        RunnerLease held = leases.get(lease.runner());
        if (held == null || held.term() != lease.term() || !current(lease.runner())) {
            throw new LeaseLostException(
                    "the lease of " + lease.runner() + ", term " + lease.term() + ", is not current");
        }
    }

    private boolean current(String runner) {
        RunnerLease lease = leases.get(runner);
        return lease != null && clock.instant().isBefore(lease.expireTime());
    }

    private Instant expiry(Duration duration) {
        return clock.instant().plus(duration);
    }

    private RunnerLease keep(RunnerLease lease) {
        put(leases, lease.runner(), lease);
        return lease;
    }

    private Task held(TaskId id) {
        return Objects.requireNonNull(tasks.get(id.number()));
    }

    private void dropClaim(String claim) {
        TaskId holder = claims.remove(claim);
        if (holder != null) {
            onRollback(() -> claims.put(claim, holder));
        }
    }

    private <K, V> void put(Map<K, V> map, K key, V value) {
        V before = map.put(key, value);
        onRollback(() -> {
            if (before == null) {
                map.remove(key);
            } else {
                map.put(key, before);
            }
        });
    }
}
