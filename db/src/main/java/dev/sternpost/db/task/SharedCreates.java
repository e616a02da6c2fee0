package dev.sternpost.db.task;

import dev.sternpost.task.Creation;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tasks that claim nothing, stored in one statement. */
final class SharedCreates {
    private static final class Wish {
        private final TaskDraft draft;
        private @Nullable Creation creation;

        Wish(TaskDraft draft) {
            this.draft = draft;
        }

        Creation creation() {
            if (creation == null) {
                throw new IllegalStateException("a task was neither stored nor refused");
            }
            return creation;
        }
    }

    private final TaskRows tasks;
    private final Map<String, List<Wish>> wishes = new LinkedHashMap<>();

    SharedCreates(TaskRows tasks) {
        this.tasks = tasks;
    }

    Supplier<Creation> add(TaskDraft draft, String runner) {
        Wish wish = new Wish(draft);
        wishes.computeIfAbsent(runner, any -> new ArrayList<>()).add(wish);
        return wish::creation;
    }

    void write() {
        wishes.forEach(this::write);
        wishes.clear();
    }

    private void write(String runner, List<Wish> all) {
        List<TaskDraft> drafts = all.stream().map(wish -> wish.draft).toList();
        Map<Integer, Task> made = tasks.insert(drafts, TaskSummary.queued(), runner);
        for (int place = 0; place < all.size(); place++) {
            Wish wish = all.get(place);
            Task task = made.get(place);
            wish.creation = task != null
                    ? new Creation.Created(task)
                    : tasks.earlier(wish.draft)
                            .orElseThrow(() -> new IllegalStateException("a task was refused for no reason"));
        }
    }
}
