package dev.sternpost.db;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something that is being made by a thread of its own; who asks for it before it is ready waits. */
final class Later<T> implements Supplier<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Later.class);

    private final CompletableFuture<T> value;

    private Later(CompletableFuture<T> value) {
        this.value = value;
    }

    static <T> Later<T> of(String name, Supplier<T> maker) {
        CompletableFuture<T> value = CompletableFuture.supplyAsync(
                maker, task -> Thread.ofPlatform().daemon().name(name).start(task));
        return new Later<>(value.whenComplete((made, failure) -> {
            if (failure != null) {
                LOG.error("{} cannot be set up", name, failure);
            }
        }));
    }

    /** @throws IllegalStateException when it could not be made */
    @Override
    public T get() {
        try {
            return value.join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the database layer could not be set up", e);
        }
    }

    /** Does something with it once it is made; nothing when it could not be. */
    void ifMade(Consumer<T> action) {
        CompletableFuture<Void> done = value.thenAccept(action);
        done.handle((nothing, failure) -> true).join();
    }
}
