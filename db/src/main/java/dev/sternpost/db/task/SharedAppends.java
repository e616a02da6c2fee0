package dev.sternpost.db.task;

import dev.sternpost.db.json.Json;
import dev.sternpost.task.LeaseLostException;
import dev.sternpost.task.LogRecord;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Additions to the logs of many tasks, written in one statement. */
final class SharedAppends {
    private static final class Addition {
        private final Task task;
        private final List<LogRecord> records;
        private final TaskSummary summary;
        private @Nullable Task stored;

        Addition(Task task, List<LogRecord> records, TaskSummary summary) {
            this.task = task;
            this.records = List.copyOf(records);
            this.summary = summary;
        }

        Task stored() {
            if (stored == null) {
                throw new IllegalStateException(task.id() + " was neither stored nor refused");
            }
            return stored;
        }
    }

    private final TaskRows tasks;
    private final Map<TaskId, Addition> additions = new LinkedHashMap<>();

    SharedAppends(TaskRows tasks) {
        this.tasks = tasks;
    }

    Supplier<Task> add(Task task, List<LogRecord> records, TaskSummary summary) {
        Addition addition = new Addition(task, records, summary);
        if (additions.containsKey(task.id())) {
            // One statement changes a task once.
            write();
        }
        additions.put(task.id(), addition);
        return addition::stored;
    }

    /** @throws LeaseLostException when one of the tasks is not driven under its epoch any more */
    void write() {
        if (additions.isEmpty()) {
            return;
        }
        List<Addition> all = List.copyOf(additions.values());
        additions.clear();
        Map<TaskId, Boolean> cancelled = tasks.append(columns(all));
        for (Addition each : all) {
            Boolean cancelRequested = cancelled.get(each.task.id());
            if (cancelRequested == null) {
                throw PgTaskStore.lost(each.task.id(), each.task.epoch());
            }
            Task next = each.task.withSummary(each.summary, each.records.size());
            each.stored = cancelRequested ? next.withCancelRequested() : next;
        }
    }

    private static TaskColumns columns(List<Addition> all) {
        List<LogRecord> records = new ArrayList<>();
        List<Long> owners = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (Addition each : all) {
            for (int i = 0; i < each.records.size(); i++) {
                records.add(each.records.get(i));
                owners.add(each.task.id().number());
                places.add(i);
            }
        }
        return new TaskColumns(
                all.stream().map(each -> each.task.id().number()).toArray(Long[]::new),
                all.stream().map(each -> each.task.epoch()).toArray(Long[]::new),
                all.stream().map(each -> Json.write(each.summary)).toArray(String[]::new),
                all.stream().map(each -> each.summary.state().isEnd()).toArray(Boolean[]::new),
                all.stream().map(each -> each.records.size()).toArray(Integer[]::new),
                owners.toArray(Long[]::new),
                places.toArray(Integer[]::new),
                new LogColumns(records));
    }
}
