package dev.sternpost.task;

import dev.sternpost.testkit.VirtualClock;
import java.time.Duration;

class InMemoryTaskStoreTest extends TaskStoreContract {
    private final VirtualClock clock = new VirtualClock();
    private final InMemoryTaskStore store = new InMemoryTaskStore(clock);

    @Override
    protected TaskStore emptyStore() {
        return store;
    }

    @Override
    protected Atomic atomic() {
        return store;
    }

    @Override
    protected void passTime(Duration duration) {
        clock.advance(duration);
    }
}
