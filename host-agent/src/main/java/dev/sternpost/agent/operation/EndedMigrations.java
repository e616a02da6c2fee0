package dev.sternpost.agent.operation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Migrations that were cancelled or aborted lately, so that an order to begin one that arrives after the order to end it
 * begins nothing. Lost with the process, as are the orders under way.
 */
final class EndedMigrations {

    private static final int KEPT_MAX = 256;

    private final Map<String, Boolean> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > KEPT_MAX;
        }
    };

    synchronized void add(String migrationId) {
        ended.put(migrationId, true);
    }

    synchronized boolean contains(String migrationId) {
        return ended.containsKey(migrationId);
    }
}
