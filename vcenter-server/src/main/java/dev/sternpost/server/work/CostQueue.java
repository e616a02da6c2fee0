package dev.sternpost.server.work;

import dev.sternpost.task.Task;
import dev.sternpost.task.TaskId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Lets tasks begin only as fast as what they burden bears: each use has a cost, and the costs on one thing stay within its limit. Who came first goes
 * first wherever two want the same, and nobody waits for one who wants something else. Kept in memory: after a restart it is made again from what
 * tasks have recorded. Safe for use from several threads.
 */
public final class CostQueue {
    private static final Comparator<TaskId> BY_AGE = Comparator.comparingLong(TaskId::number);

    /** What is burdened. */
    public enum Kind {
        /** A host's network, by memory that is copied. */
        LINK,
        /** A host. */
        HOST,
        /** A datastore. */
        DATASTORE
    }

    /** One thing that is burdened. */
    public record Burdened(Kind kind, String objectId) {}

    /** How much of something a task takes until it ends. */
    public record Use(Kind kind, String objectId, int cost) {
        public Use {
            if (cost < 1) {
                throw new IllegalArgumentException("a use costs something, not " + cost);
            }
        }

        Burdened burdened() {
            return new Burdened(kind, objectId);
        }
    }

    /**
     * What each thing bears at once.
     *
     * @param link live migrations that come to and leave a host
     * @param host the field's units: a live migration costs 1, a storage move 4
     * @param datastore the field's units: a live migration costs 1, a storage move 16
     */
    public record Limits(int link, int host, int datastore) {
        /** As for links of 1 Gbit/s. */
        public static final Limits DEFAULT = new Limits(4, 8, 128);

        /** Most that can be set. */
        public static final int MAX = 1_000;

        public Limits {
            for (int limit : List.of(link, host, datastore)) {
                if (limit < 1 || limit > MAX) {
                    throw new IllegalArgumentException("a limit lies between 1 and " + MAX + ", not " + limit);
                }
            }
        }

        int of(Kind kind) {
            return switch (kind) {
                case LINK -> link;
                case HOST -> host;
                case DATASTORE -> datastore;
            };
        }
    }

    /**
     * Why a task waits.
     *
     * @param on what it waits for
     * @param used of its limit
     * @param before tasks that want the same and came first
     */
    public record Wait(Burdened on, int used, int limit, int before) {}

    private record Waiting(String subjectId, List<Use> uses) {}

    private final Limits limits;
    private volatile Consumer<String> wake = subjectId -> {};

    // Guarded by this.
    private final Map<TaskId, List<Use>> holding = new HashMap<>();
    private final TreeMap<TaskId, Waiting> waiting = new TreeMap<>(BY_AGE);

    public CostQueue(Limits limits, TaskBoard board) {
        this.limits = limits;
        board.follow(view -> {
            if (view.task().state().isEnd()) {
                leave(view.task().id());
            }
        });
    }

    /** Who has the tasks on an object look again. Told once, while the server is put together. */
    public void wakeBy(Consumer<String> waker) {
        wake = waker;
    }

    /** Takes what a task needs if it is its turn; else it is queued, and woken when to ask again. Asked again, says the same. */
    public synchronized Optional<Wait> enter(Task task, List<Use> uses) {
        if (holding.containsKey(task.id())) {
            return Optional.empty();
        }
        waiting.put(task.id(), new Waiting(task.draft().subjectId(), List.copyOf(uses)));
        Optional<Wait> wait = waitOf(task.id(), uses);
        if (wait.isEmpty()) {
            hold(task.id(), uses);
        }
        return wait;
    }

    /** The task has these, as it recorded before the server was started. */
    public synchronized void hold(TaskId task, List<Use> uses) {
        waiting.remove(task);
        holding.put(task, List.copyOf(uses));
    }

    private void leave(TaskId task) {
        List<String> next = new ArrayList<>();
        synchronized (this) {
            boolean changed = holding.remove(task) != null | waiting.remove(task) != null;
            if (changed) {
                next.addAll(thoseWhoseTurnItIs());
            }
        }
        next.forEach(wake);
    }

    /** In one walk, oldest first: there may be thousands. */
    private List<String> thoseWhoseTurnItIs() {
        List<String> next = new ArrayList<>();
        Map<Burdened, Integer> wanted = new HashMap<>();
        holding.values().forEach(uses -> uses.forEach(use -> wanted.merge(use.burdened(), use.cost(), Integer::sum)));
        for (Waiting each : waiting.values()) {
            boolean fits = each.uses().stream().allMatch(use -> {
                int before = wanted.getOrDefault(use.burdened(), 0);
                return before == 0 || before + use.cost() <= limits.of(use.kind());
            });
            if (fits) {
                next.add(each.subjectId());
            }
            each.uses().forEach(use -> wanted.merge(use.burdened(), use.cost(), Integer::sum));
        }
        return next;
    }

    private Optional<Wait> waitOf(TaskId task, List<Use> uses) {
        for (Use use : uses) {
            Burdened on = use.burdened();
            int limit = limits.of(on.kind());
            int used = cost(on, holding.values());
            List<List<Use>> ahead = waiting.headMap(task, false).values().stream()
                    .map(Waiting::uses)
                    .filter(others -> cost(on, List.of(others)) > 0)
                    .toList();
            int wanted = used + cost(on, ahead);
            // One that alone is above the limit goes when nobody else does.
            if (wanted > 0 && wanted + use.cost() > limit) {
                return Optional.of(new Wait(on, used, limit, ahead.size()));
            }
        }
        return Optional.empty();
    }

    private static int cost(Burdened on, Iterable<List<Use>> tasks) {
        int sum = 0;
        for (List<Use> uses : tasks) {
            for (Use use : uses) {
                sum += Objects.equals(use.burdened(), on) ? use.cost() : 0;
            }
        }
        return sum;
    }
}
