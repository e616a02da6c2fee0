package dev.sternpost.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TaskQueueTest {
    private final TaskQueue queue = new TaskQueue(2);

    private static TaskId id(long number) {
        return new TaskId(number);
    }

    @Test
    void tasks_on_one_subject_run_one_after_the_other() {
        queue.offer(id(1), "vm-1");
        queue.offer(id(2), "vm-1");
        assertThat(queue.start()).containsExactly(id(1));
        assertThat(queue.start()).isEmpty();
        assertThat(queue.position(id(2))).isEqualTo(1);
        assertThat(queue.waitsFor(id(2))).isEqualTo("task-1");
        queue.remove(id(1));
        assertThat(queue.start()).containsExactly(id(2));
        assertThat(queue.position(id(2))).isZero();
    }

    @Test
    void no_more_run_than_the_bound_and_the_oldest_go_first() {
        queue.offer(id(3), "vm-3");
        queue.offer(id(1), "vm-1");
        queue.offer(id(2), "vm-2");
        assertThat(queue.start()).containsExactly(id(1), id(2));
        assertThat(queue.position(id(3))).isEqualTo(1);
        assertThat(queue.waitsFor(id(3))).isEmpty();
        queue.remove(id(2));
        assertThat(queue.start()).containsExactly(id(3));
    }

    @Test
    void a_waiting_task_that_goes_away_lets_the_next_one_through() {
        queue.offer(id(1), "vm-1");
        queue.offer(id(2), "vm-1");
        queue.offer(id(3), "vm-1");
        queue.start();
        queue.remove(id(2));
        assertThat(queue.waitsFor(id(3))).isEqualTo("task-1");
        queue.remove(id(1));
        assertThat(queue.start()).containsExactly(id(3));
        queue.remove(id(3));
        assertThat(queue.of("vm-1")).isEmpty();
    }

    @Test
    void those_who_wait_for_something_keep_nobody_from_running_but_on_their_own_subject() {
        for (int i = 1; i <= 4; i++) {
            queue.offer(id(i), "vm-" + i);
        }
        queue.offer(id(5), "vm-1");
        assertThat(queue.start()).containsExactly(id(1), id(2));
        queue.park(id(1));
        assertThat(queue.start()).containsExactly(id(3));
        queue.unpark(id(1));
        queue.remove(id(2));
        assertThat(queue.start()).isEmpty();
        queue.park(id(1));
        assertThat(queue.start()).containsExactly(id(4));
        queue.remove(id(1));
        queue.remove(id(3));
        assertThat(queue.start()).containsExactly(id(5));
    }
}
