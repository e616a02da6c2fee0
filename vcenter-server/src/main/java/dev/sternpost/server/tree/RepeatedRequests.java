package dev.sternpost.server.tree;

import dev.sternpost.inventory.ManagedObjectId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Remembers which object a request made, so that a repeated request gets the same one. For writes that are done when the call
 * returns; tasks keep their request ids in the database. Kept in memory: after a restart of the server a repetition is told
 * NAME_TAKEN.
 */
public final class RepeatedRequests {
    private static final int ENTRIES_MAX = 10_000;

    private record Key(String userName, String kind, String requestId) {}

    private final Map<Key, ManagedObjectId> made = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, ManagedObjectId> eldest) {
            return size() > ENTRIES_MAX;
        }
    };

    /** What {@code make} made, now or when the same request came before. An empty request id is never the same. */
    public synchronized ManagedObjectId once(
            String userName, String kind, String requestId, Supplier<? extends ManagedObjectId> make) {
        Key key = new Key(userName, kind, requestId);
        Optional<ManagedObjectId> before = requestId.isEmpty() ? Optional.empty() : Optional.ofNullable(made.get(key));
        if (before.isPresent()) {
            return before.get();
        }
        ManagedObjectId id = make.get();
        if (!requestId.isEmpty()) {
            made.put(key, id);
        }
        return id;
    }
}
