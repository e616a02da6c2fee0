package dev.sternpost.task;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who may start: in the order of acceptance, one task per subject at a time, so many altogether. One that waits for something to happen
 * does not count among those, so that many who wait keep nobody from running. Not for use by several threads.
 */
final class TaskQueue {
    private final int runningMax;
    private final TreeMap<TaskId, String> waiting = new TreeMap<>();
    private final Map<String, TreeSet<TaskId>> bySubject = new HashMap<>();
    private final Map<TaskId, String> running = new HashMap<>();
    private final Set<TaskId> parked = new HashSet<>();

    TaskQueue(int runningMax) {
        if (runningMax < 1) {
            throw new IllegalArgumentException("runningMax " + runningMax);
        }
        this.runningMax = runningMax;
    }

    void offer(TaskId id, String subject) {
        waiting.put(id, subject);
        bySubject.computeIfAbsent(subject, unused -> new TreeSet<>()).add(id);
    }

    /** Takes those that may start now out of the queue. */
    List<TaskId> start() {
        List<TaskId> starting = new ArrayList<>();
        Set<String> busy = new HashSet<>(running.values());
        for (Map.Entry<TaskId, String> entry : waiting.entrySet()) {
            if (running.size() - parked.size() + starting.size() >= runningMax) {
                break;
            }
            if (busy.add(entry.getValue())) {
                starting.add(entry.getKey());
            }
        }
        for (TaskId id : starting) {
            String subject = waiting.remove(id);
            if (subject != null) {
                running.put(id, subject);
            }
        }
        return starting;
    }

    /** A task that runs waits for something to happen, and needs no room for that. */
    void park(TaskId id) {
        if (running.containsKey(id)) {
            parked.add(id);
        }
    }

    /** It goes on at once, even where there are enough others: it has begun, and who waits for its end comes first. */
    void unpark(TaskId id) {
        parked.remove(id);
    }

    /** Forgets a task, whether it ran or waited. */
    void remove(TaskId id) {
        parked.remove(id);
        String waited = waiting.remove(id);
        String subject = waited == null ? running.remove(id) : waited;
        TreeSet<TaskId> line = subject == null ? null : bySubject.get(subject);
        if (line != null && line.remove(id) && line.isEmpty()) {
            bySubject.remove(subject);
        }
    }

    /** How many start before it, plus one; 0 when it does not wait. */
    int position(TaskId id) {
        return waiting.containsKey(id) ? waiting.headMap(id, true).size() : 0;
    }

    /** The task on the same subject just before it, as text; empty when it does not wait or there is none. */
    String waitsFor(TaskId id) {
        String subject = waiting.get(id);
        TreeSet<TaskId> line = subject == null ? null : bySubject.get(subject);
        TaskId before = line == null ? null : line.lower(id);
        return before == null ? "" : before.toString();
    }

    /** Tasks on the subject, running or waiting. */
    Set<TaskId> of(String subject) {
        return Set.copyOf(bySubject.getOrDefault(subject, new TreeSet<>()));
    }
}
