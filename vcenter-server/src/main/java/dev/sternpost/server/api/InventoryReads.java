package dev.sternpost.server.api;

import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.InventoryDelta.Put;
import dev.sternpost.inventory.InventoryDelta.Removed;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ObjectKind;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.inventory.v1.FindByPathRequest;
import dev.sternpost.proto.inventory.v1.InventoryChange;
import dev.sternpost.proto.inventory.v1.ListChangesRequest;
import dev.sternpost.proto.inventory.v1.ListChangesResponse;
import dev.sternpost.proto.inventory.v1.ListObjectsRequest;
import dev.sternpost.proto.inventory.v1.ListObjectsResponse;
import dev.sternpost.proto.inventory.v1.WatchInventoryRequest;
import dev.sternpost.proto.inventory.v1.WatchInventoryResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What {@link InventoryEndpoint} reads: single objects, lists, and the stream of changes. */
final class InventoryReads {
    /** Commits taken at once; bounds the work and the memory of one step of a watch. */
    private static final int DELTAS_MAX = 100;

    private static final Duration LIST_CHANGES_MAX = Duration.ofSeconds(60);

    private final Inventory inventory;
    private final ObjectMessages messages;
    private final ObjectPages pages;
    private final Cursor cursors;

    InventoryReads(Inventory inventory, ObjectMessages messages, ObjectPages pages, Cursor cursors) {
        this.inventory = inventory;
        this.messages = messages;
        this.pages = pages;
        this.cursors = cursors;
    }

    dev.sternpost.proto.inventory.v1.ManagedObject get(String reference) {
        InventorySnapshot snapshot = inventory.snapshot();
        return messages.any(snapshot, snapshot.resolve(reference));
    }

    dev.sternpost.proto.inventory.v1.ManagedObject findByPath(FindByPathRequest request) {
        InventorySnapshot snapshot = inventory.snapshot();
        String path = request.getPath();
        ManagedObject object = snapshot.findByPath(path)
                .orElseThrow(() -> new FaultException(
                        FaultCode.OBJECT_NOT_FOUND,
                        path,
                        "There is nothing at \"%s\". Paths look like \"/DC0/vm/web/app-1\".".formatted(path)));
        return messages.any(snapshot, object);
    }

    ListObjectsResponse list(ListObjectsRequest request) {
        Set<ObjectKind> kinds = kinds(request);
        var query = new ObjectPages.Query(
                "ListObjects " + kinds,
                request.getPageSize(),
                request.getPageToken(),
                request.getAncestor(),
                request.getChildrenOnly());
        var page = pages.page(query, ManagedObject.class, object -> kinds.contains(object.kind()));
        ListObjectsResponse.Builder response = ListObjectsResponse.newBuilder()
                .setNextPageToken(page.nextToken())
                .setCursor(cursors.of(page.revision()));
        page.objects().forEach(object -> response.addObjects(messages.any(page.snapshot(), object)));
        return response.build();
    }

    private static Set<ObjectKind> kinds(ListObjectsRequest request) {
        EnumSet<ObjectKind> kinds = EnumSet.noneOf(ObjectKind.class);
        for (ObjectKind kind : ObjectKind.values()) {
            if (request.getKindsList().contains(Enums.of(kind))) {
                kinds.add(kind);
            }
        }
        if (kinds.size() != Set.copyOf(request.getKindsList()).size()) {
            throw new FaultException(FaultCode.REQUEST_INVALID, "kinds names a kind that does not exist. Correct it.");
        }
        return kinds.isEmpty() ? EnumSet.allOf(ObjectKind.class) : kinds;
    }

    ListChangesResponse listChanges(ListChangesRequest request) throws InterruptedException {
        if (request.getTimeoutMs() < 0) {
            throw new FaultException(FaultCode.REQUEST_INVALID, "timeout_ms must not be negative.");
        }
        long from = begin(request.getCursor());
        Duration timeout = Duration.ofMillis(Math.min(request.getTimeoutMs(), LIST_CHANGES_MAX.toMillis()));
        // Only waits; what there is after the wait, deltasAfter tells.
        inventory.awaitBeyond(from, timeout);
        ListChangesResponse.Builder response = ListChangesResponse.newBuilder();
        long revision = from;
        for (InventoryDelta delta : inventory.deltasAfter(from, DELTAS_MAX)) {
            response.addAllChanges(changes(delta));
            revision = delta.revision();
        }
        return response.setCursor(cursors.of(revision)).build();
    }

    void watch(WatchInventoryRequest request, ServerStream<WatchInventoryResponse> stream) throws InterruptedException {
        long revision = begin(request.getCursor());
        // The first message says at once where the watch stands.
        stream.send(WatchInventoryResponse.newBuilder()
                .setCursor(cursors.of(revision))
                .build());
        while (true) {
            for (InventoryDelta delta : inventory.deltasAfter(revision, DELTAS_MAX)) {
                revision = delta.revision();
                List<InventoryChange> changes = changes(delta);
                if (!changes.isEmpty()) {
                    stream.send(WatchInventoryResponse.newBuilder()
                            .addAllChanges(changes)
                            .setCursor(cursors.of(revision))
                            .build());
                }
            }
            stream.look();
            inventory.awaitBeyond(revision, ServerStream.LOOK);
        }
    }

    /** @throws FaultException CURSOR_INVALID, CURSOR_EXPIRED */
    private long begin(String cursor) {
        if (cursor.isEmpty()) {
            return inventory.snapshot().revision();
        }
        long revision = cursors.revision(cursor);
        // Tells at once when the cursor leads nowhere.
        inventory.deltasAfter(revision, 1);
        return revision;
    }

    /** Objects look as they do now where that matters little: paths and counts come from the current snapshot. */
    private List<InventoryChange> changes(InventoryDelta delta) {
        InventorySnapshot snapshot = inventory.snapshot();
        List<InventoryChange> changes = new ArrayList<>();
        for (ObjectChange change : delta.changes()) {
            switch (change) {
                case Put put -> {
                    // Gone meanwhile: its removal comes later in the stream, and it has no path any more.
                    if (snapshot.find(put.object().id()).isPresent()) {
                        changes.add(InventoryChange.newBuilder()
                                .setObject(messages.any(snapshot, put.object()))
                                .build());
                    }
                }
                case Removed removed ->
                    changes.add(InventoryChange.newBuilder()
                            .setObject(messages.removed(removed.id()))
                            .setRemoved(true)
                            .build());
            }
        }
        return changes;
    }
}
