package dev.sternpost.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.proto.event.v1.Event;
import dev.sternpost.proto.inventory.v1.CreateFolderRequest;
import dev.sternpost.proto.inventory.v1.InventoryChange;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WatchTest extends FakeServerTest {
    /** Keeps what it is told. */
    private static final class Recorder implements InventoryHandler {
        final List<String> lists = new CopyOnWriteArrayList<>();
        final List<String> names = new CopyOnWriteArrayList<>();
        final AtomicInteger interruptions = new AtomicInteger();
        volatile String cursor = "";

        @Override
        public void onList(List<ManagedObject> objects, String newCursor) {
            lists.add(objects.size() + " objects");
            cursor = newCursor;
        }

        @Override
        public void onChanges(List<InventoryChange> changes, String newCursor) {
            changes.forEach(change -> names.add(change.getObject().getName()));
            cursor = newCursor;
        }

        @Override
        public void onInterruption(SternpostException fault) {
            interruptions.incrementAndGet();
        }
    }

    private void folder(SternpostSession session, String name) {
        session.call(() -> session.inventory()
                .createFolder(CreateFolderRequest.newBuilder()
                        .setParent("/DC0/vm")
                        .setName(name)
                        .build()));
    }

    @Test
    void a_watch_lists_first_and_then_hears_each_change_once_over_a_restart() throws Exception {
        Recorder heard = new Recorder();
        try (SternpostSession session = login();
                Watch watch = session.watchInventory(null, heard)) {
            Await.until("the list", BOUND, () -> heard.lists.size() == 1);
            folder(session, "a");
            Await.until("the first change", BOUND, () -> heard.names.size() == 1);
            server.stop();
            Await.until("the break to be noticed", BOUND, () -> heard.interruptions.get() > 0);
            server.start();
            folder(session, "b");
            folder(session, "c");
            Await.until("all changes", BOUND, () -> heard.names.size() >= 3);

            assertThat(heard.names).containsExactly("a", "b", "c");
            assertThat(heard.lists).hasSize(1);
            assertThat(watch.isActive()).isTrue();
        }
    }

    @Test
    void a_watch_from_a_kept_cursor_hears_what_happened_meanwhile() {
        Recorder first = new Recorder();
        try (SternpostSession session = login()) {
            try (Watch watch = session.watchInventory(null, first)) {
                Await.until("the list", BOUND, () -> first.lists.size() == 1 && watch.isActive());
            }
            folder(session, "meanwhile");
            Recorder second = new Recorder();
            try (Watch watch = session.watchInventory(first.cursor, second)) {
                Await.until("the change", BOUND, () -> !second.names.isEmpty() || !watch.isActive());

                assertThat(second.names).containsExactly("meanwhile");
                assertThat(second.lists).isEmpty();
            }
        }
    }

    @Test
    void an_expired_cursor_brings_a_new_list() {
        Recorder heard = new Recorder();
        try (SternpostSession session = login()) {
            folder(session, "a");
            server.datacenter().expireCursors();
            try (Watch watch = session.watchInventory("cursor-0", heard)) {
                Await.until("the list", BOUND, () -> heard.lists.size() == 1 || !watch.isActive());
                folder(session, "b");
                Await.until("the change", BOUND, () -> !heard.names.isEmpty() || !watch.isActive());

                assertThat(heard.names).containsExactly("b");
            }
        }
    }

    @Test
    void a_watch_that_the_server_refuses_ends_and_says_why() throws Exception {
        try (SternpostSession session = login()) {
            server.sessions().revokeAll();
            try (Watch watch = session.watchInventory(null, new Recorder())) {
                assertThat(watch.awaitEnd(BOUND))
                        .get()
                        .isInstanceOfSatisfying(
                                SternpostException.class,
                                fault -> assertThat(fault.code()).isEqualTo("TOKEN_INVALID"));
            }
        }
    }

    @Test
    void events_come_once_and_in_order_over_a_restart() {
        List<Long> heard = new CopyOnWriteArrayList<>();
        AtomicInteger interruptions = new AtomicInteger();
        EventHandler handler = new EventHandler() {
            @Override
            public void onEvent(Event event) {
                heard.add(event.getSequence());
            }

            @Override
            public void onInterruption(SternpostException fault) {
                interruptions.incrementAndGet();
            }
        };
        try (SternpostSession session = login()) {
            folder(session, "before");
            try (Watch watch = session.watchEvents(1, "", handler)) {
                folder(session, "a");
                Await.until("the first event", BOUND, () -> heard.size() == 1 && watch.isActive());
                server.stop();
                Await.until("the break to be noticed", BOUND, () -> interruptions.get() > 0);
                server.start();
                folder(session, "b");
                folder(session, "c");
                Await.until("all events", BOUND, () -> heard.size() >= 3);
            }
        }

        assertThat(heard)
                .containsExactlyElementsOf(LongStream.rangeClosed(2, 4).boxed().toList());
    }

    @Test
    void a_closed_watch_is_silent() throws Exception {
        Recorder heard = new Recorder();
        try (SternpostSession session = login()) {
            Watch watch = session.watchInventory(null, heard);
            Await.until("the list", BOUND, () -> heard.lists.size() == 1);
            watch.close();

            assertThat(watch.awaitEnd(Duration.ofSeconds(5))).isEmpty();
            assertThat(watch.isActive()).isFalse();
        }
    }
}
