package dev.sternpost.sdk;

import dev.sternpost.proto.inventory.v1.ListObjectsRequest;
import dev.sternpost.proto.inventory.v1.ListObjectsResponse;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.inventory.v1.WatchInventoryRequest;
import dev.sternpost.proto.inventory.v1.WatchInventoryResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The loop of an inventory watch: list when there is no usable cursor, then stream from the cursor, again and again. */
final class InventoryWatch implements Runnable {
    private static final String CURSOR_EXPIRED = "CURSOR_EXPIRED";
    private static final int PAGE_SIZE = 1_000;
    /** 10 million objects; a server that has more pages than this is going in circles. */
    private static final int PAGES_MAX = 10_000;

    private final SternpostClient client;
    private final SternpostSession session;
    private final InventoryHandler handler;
    private final Backoff backoff = new Backoff();
    private @Nullable String cursor;

    InventoryWatch(
            SternpostClient client, SternpostSession session, @Nullable String cursor, InventoryHandler handler) {
        this.client = client;
        this.session = session;
        this.cursor = cursor;
        this.handler = handler;
    }

    @Override
    public void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                @Nullable String from = cursor;
                if (from == null) {
                    from = list();
                }
                follow(from);
                Stream.pause(backoff.next());
            } catch (SternpostException e) {
                if (e.is(CURSOR_EXPIRED)) {
                    cursor = null;
                } else if (!TaskWaiter.passes(e)) {
                    if (Thread.currentThread().isInterrupted()) {
                        return; // Our own cancel comes back as a fault.
                    }
                    throw e;
                } else {
                    handler.onInterruption(e);
                    Stream.pause(backoff.next());
                    client.reconnectNow();
                }
            }
        }
    }

    private void follow(String from) {
        WatchInventoryRequest request =
                WatchInventoryRequest.newBuilder().setCursor(from).build();
        session.call(() -> Stream.read(
                client,
                Stream.SLICE,
                () -> Stream.bounded(session.inventory(), Stream.SLICE).watchInventory(request),
                Stream.all(this::accept)));
    }

    private void accept(WatchInventoryResponse answer) {
        backoff.reset();
        if (answer.getChangesCount() > 0) {
            handler.onChanges(answer.getChangesList(), answer.getCursor());
        }
        cursor = answer.getCursor();
    }

    // The cursor of the first page: what changes while the other pages are read comes again, whole, as a change.
    private String list() {
        List<ManagedObject> objects = new ArrayList<>();
        String token = "";
        @Nullable String first = null;
        for (int page = 0; page < PAGES_MAX; page++) {
            ListObjectsRequest request = ListObjectsRequest.newBuilder()
                    .setPageSize(PAGE_SIZE)
                    .setPageToken(token)
                    .build();
            ListObjectsResponse answer = session.call(() -> session.inventory().listObjects(request));
            objects.addAll(answer.getObjectsList());
            first = first == null ? answer.getCursor() : first;
            token = answer.getNextPageToken();
            if (token.isEmpty()) {
                handler.onList(List.copyOf(objects), first);
                cursor = first;
                return first;
            }
        }
        throw new IllegalStateException("the list of objects has no end");
    }
}
