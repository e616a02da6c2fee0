package dev.sternpost.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Has callers come one after the other while a first one holds all of them up. */
public final class HeldUp {
    private static final Duration BOUND = Duration.ofSeconds(30);

    private HeldUp() {}

    /**
     * Begins each piece of work, in a thread of its own, once the one before waits; returns when all have ended, well or not.
     *
     * @param first runs what it is given in the middle of what holds the others up
     */
    public static <T> List<Future<T>> behind(Consumer<Runnable> first, List<? extends Callable<T>> others)
            throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        threads.add(Thread.ofPlatform()
                .daemon()
                .start(() -> first.accept(() -> {
                    begun.countDown();
                    await(held);
                })));
        List<Future<T>> answers = new ArrayList<>();
        try {
            await(begun);
            for (Callable<T> other : others) {
                FutureTask<T> answer = new FutureTask<>(other);
                Thread thread = Thread.ofPlatform().daemon().start(answer);
                threads.add(thread);
                answers.add(answer);
                Await.until("a caller waits", BOUND, () -> waits(thread));
            }
        } finally {
            held.countDown();
        }
        for (Thread thread : threads) {
            thread.join(BOUND);
        }
        return answers;
    }

    private static boolean waits(Thread thread) {
        return switch (thread.getState()) {
            case BLOCKED, WAITING, TIMED_WAITING, TERMINATED -> true;
            case NEW, RUNNABLE -> false;
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(BOUND.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the others did not come");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
