package dev.sternpost.agent.engine;

import dev.sternpost.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what an engine told. */
public final class EventLog implements EngineListener {

    private final List<EngineEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void happened(EngineEvent event) {
        events.add(event);
    }

    public List<EngineEvent> all() {
        return events;
    }

    public <T extends EngineEvent> T await(Class<T> kind) {
        return Await.untilPresent(kind.getSimpleName(), Duration.ofSeconds(20), () -> find(kind));
    }

    public <T extends EngineEvent> Optional<T> find(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }
}
