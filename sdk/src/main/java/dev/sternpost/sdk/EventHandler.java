package dev.sternpost.sdk;

import dev.sternpost.proto.event.v1.Event;

/** Told of events, on the watch's own thread; must not block for long. */
@FunctionalInterface
public interface EventHandler {
    /** The next event; a watch after its sequence goes on behind it. */
    void onEvent(Event event);

    /** The server cannot be reached just now; the watch goes on by itself. */
    default void onInterruption(SternpostException fault) {}
}
