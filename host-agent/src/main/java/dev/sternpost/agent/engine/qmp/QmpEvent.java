package dev.sternpost.agent.engine.qmp;

import tools.jackson.databind.JsonNode;

/**
 * Something QEMU told by itself.
 *
 * @param name such as "SHUTDOWN"
 * @param data its facts; an empty object when it has none
 * @param arrivalNanoTime {@link System#nanoTime()} when it was read
 * @param arrivalEpochNanos this host's wall clock when it was read
 */
public record QmpEvent(String name, JsonNode data, long arrivalNanoTime, long arrivalEpochNanos) {}
