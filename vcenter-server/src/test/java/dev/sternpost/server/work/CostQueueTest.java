package dev.sternpost.server.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.server.work.CostQueue.Kind;
import dev.sternpost.server.work.CostQueue.Use;
import dev.sternpost.server.work.CostQueue.Wait;
import dev.sternpost.task.Creation;
import dev.sternpost.task.InMemoryTaskStore;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskSummary;
import dev.sternpost.task.TaskView;
import dev.sternpost.testkit.Property;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CostQueueTest {
    private final TaskBoard board = new TaskBoard();
    private final CostQueue queue = new CostQueue(new CostQueue.Limits(2, 8, 128), board);
    private final InMemoryTaskStore store = new InMemoryTaskStore(() -> Instant.EPOCH);
    private final List<String> woken = new ArrayList<>();
    private int count;

    private Task task() {
        String subject = "vm-" + ++count;
        TaskDraft draft = new TaskDraft("kind", subject, subject, "ada", "", "", "", Set.of());
        return ((Creation.Created) store.create(draft, "server")).task();
    }

    private void end(Task task) {
        TaskSummary ended =
                new TaskSummary(TaskState.CANCELLED, 100, "", List.of(), null, "", false, null, Instant.EPOCH, "");
        board.changed(TaskView.of(task.withSummary(ended, 0)));
    }

    private static List<Use> link(String... hosts) {
        return List.of(hosts).stream().map(host -> new Use(Kind.LINK, host, 1)).toList();
    }

    @Test
    void as_many_go_as_the_limit_allows_and_the_next_is_woken_when_one_ends() {
        queue.wakeBy(woken::add);
        Task first = task();
        Task third = task();
        assertThat(queue.enter(first, link("h1", "h2"))).isEmpty();
        assertThat(queue.enter(task(), link("h1", "h3"))).isEmpty();
        assertThat(queue.enter(third, link("h1", "h4")))
                .contains(new Wait(new CostQueue.Burdened(Kind.LINK, "h1"), 2, 2, 0));
        end(first);
        assertThat(woken).containsExactly(third.draft().subjectId());
        assertThat(queue.enter(third, link("h1", "h4"))).isEmpty();
    }

    @Test
    void nobody_waits_for_one_who_wants_something_else() {
        queue.enter(task(), link("h1"));
        queue.enter(task(), link("h1"));
        assertThat(queue.enter(task(), link("h1", "h2"))).isPresent();
        assertThat(queue.enter(task(), link("h3", "h4"))).isEmpty();
    }

    @Test
    void who_came_first_is_not_overtaken_by_those_who_want_less() {
        Task big = task();
        List<Use> all = List.of(new Use(Kind.HOST, "h1", 8));
        List<Use> little = List.of(new Use(Kind.HOST, "h1", 1));
        Task before = task();
        assertThat(queue.enter(before, little)).isEmpty();
        assertThat(queue.enter(big, all)).isPresent();
        assertThat(queue.enter(task(), little))
                .hasValueSatisfying(wait -> assertThat(wait.before()).isEqualTo(1));
        end(before);
        assertThat(queue.enter(big, all)).isEmpty();
    }

    @Test
    void one_that_costs_more_than_the_limit_goes_alone() {
        Task huge = task();
        assertThat(queue.enter(huge, List.of(new Use(Kind.HOST, "h1", 9)))).isEmpty();
        assertThat(queue.enter(task(), List.of(new Use(Kind.HOST, "h1", 1)))).isPresent();
    }

    @Test
    void whoever_comes_and_goes_limits_hold_and_all_have_their_turn() {
        Property.holds("limits hold, and everybody has a turn", 100, random -> {
            TaskBoard ends = new TaskBoard();
            CostQueue costs = new CostQueue(new CostQueue.Limits(2, 8, 128), ends);
            Map<String, Task> bySubject = new HashMap<>();
            Map<Task, List<Use>> wanted = new HashMap<>();
            List<Task> going = new ArrayList<>();
            List<String> next = new ArrayList<>();
            costs.wakeBy(next::add);
            for (int i = 0; i < 60; i++) {
                if (random.chance(0.6)) {
                    Task task = task();
                    bySubject.put(task.draft().subjectId(), task);
                    wanted.put(task, link("h" + random.between(1, 3), "h" + random.between(4, 6)));
                    next.add(task.draft().subjectId());
                } else if (!going.isEmpty()) {
                    Task ended = going.remove((int) random.between(0, going.size() - 1));
                    ends.changed(TaskView.of(ended.withSummary(
                            new TaskSummary(
                                    TaskState.SUCCEEDED, 100, "", List.of(), null, "", false, null, Instant.EPOCH, ""),
                            0)));
                }
                take(costs, next, bySubject, wanted, going);
            }
            while (!going.isEmpty()) {
                Task ended = going.removeFirst();
                ends.changed(TaskView.of(ended.withSummary(
                        new TaskSummary(
                                TaskState.SUCCEEDED, 100, "", List.of(), null, "", false, null, Instant.EPOCH, ""),
                        0)));
                take(costs, next, bySubject, wanted, going);
            }
            assertThat(bySubject).as("still waiting").isEmpty();
        });
    }

    private static void take(
            CostQueue costs,
            List<String> next,
            Map<String, Task> bySubject,
            Map<Task, List<Use>> wanted,
            List<Task> going) {
        List<String> woken = List.copyOf(next);
        next.clear();
        for (String subject : woken) {
            Task task = bySubject.get(subject);
            if (task != null
                    && costs.enter(task, wanted.getOrDefault(task, List.of())).isEmpty()) {
                going.add(task);
                bySubject.remove(subject);
            }
        }
        for (int host = 1; host <= 6; host++) {
            Use use = new Use(Kind.LINK, "h" + host, 1);
            assertThat(going.stream()
                            .filter(task -> wanted.getOrDefault(task, List.of()).contains(use))
                            .count())
                    .isLessThanOrEqualTo(2);
        }
    }
}
