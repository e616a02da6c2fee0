package dev.sternpost.server.api;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.store.Inventory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lists of objects in pages. All pages of a list show the same moment, as long as its snapshot is remembered; a client
 * that dawdles gets the present instead, and the cursor of the first page still leads it to everything it missed.
 */
final class ObjectPages {
    static final int SIZE_DEFAULT = 100;

    /** Old snapshots share nearly everything with the current one, so these cost little. */
    private static final int SNAPSHOTS_MAX = 32;

    private final Inventory inventory;
    private final Map<Long, InventorySnapshot> remembered = new LinkedHashMap<>();

    ObjectPages(Inventory inventory) {
        this.inventory = inventory;
    }

    /**
     * What is asked for.
     *
     * @param list names the call
     * @param size as in the request
     * @param token as in the request
     * @param parent reference to an object above; empty for all
     * @param childrenOnly only directly below it
     */
    record Query(String list, int size, String token, String parent, boolean childrenOnly) {}

    /**
     * A page.
     *
     * @param snapshot the moment it shows
     * @param revision the moment the first page showed
     * @param nextToken empty at the end
     */
    record Page<T>(List<T> objects, InventorySnapshot snapshot, long revision, String nextToken) {}

    /** A page of the objects of a type that pass a filter, in the order of ids. */
    <T extends ManagedObject> Page<T> page(Query query, Class<T> type, Predicate<T> filter) {
        String list = query.list() + " " + query.parent() + " " + query.childrenOnly();
        Position position = Position.parse(PageToken.position(list, query.token()), inventory);
        InventorySnapshot snapshot = remembered(position.revision()).orElseGet(inventory::snapshot);
        int size = PageToken.size(query.size(), SIZE_DEFAULT);
        List<T> found = candidates(snapshot, type, query).stream()
                .filter(object -> position.after() == null || object.id().compareTo(position.after()) > 0)
                .filter(filter)
                .limit(size + 1L)
                .toList();
        if (found.size() <= size) {
            return new Page<>(found, snapshot, position.revision(), "");
        }
        List<T> page = found.subList(0, size);
        remember(snapshot);
        Position next = new Position(position.revision(), page.getLast().id());
        return new Page<>(page, snapshot, position.revision(), PageToken.of(list, next.toString()));
    }

    private static <T extends ManagedObject> List<T> candidates(
            InventorySnapshot snapshot, Class<T> type, Query query) {
        if (query.parent().isEmpty()) {
            return type == ManagedObject.class
                    ? snapshot.objects().stream().map(type::cast).toList()
                    : snapshot.objects(type);
        }
        ManagedObjectId parent = snapshot.resolve(query.parent()).id();
        List<ManagedObject> below = query.childrenOnly() ? snapshot.children(parent) : snapshot.descendants(parent);
        return below.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .sorted((one, other) -> one.id().compareTo(other.id()))
                .toList();
    }

    private synchronized Optional<InventorySnapshot> remembered(long revision) {
        return Optional.ofNullable(remembered.get(revision));
    }

    private synchronized void remember(InventorySnapshot snapshot) {
        remembered.putIfAbsent(snapshot.revision(), snapshot);
        if (remembered.size() > SNAPSHOTS_MAX) {
            var oldest = remembered.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** The revision of the first page, and the last object given. */
    private record Position(long revision, @Nullable ManagedObjectId after) {
        static Position parse(String text, Inventory inventory) {
            if (text.isEmpty()) {
                return new Position(inventory.snapshot().revision(), null);
            }
            String[] parts = text.split("/", 2);
            try {
                return new Position(Long.parseLong(parts[0]), ManagedObjectId.parse(parts[1]));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw PageToken.invalid();
            }
        }

        @Override
        public String toString() {
            return revision + "/" + after;
        }
    }
}
