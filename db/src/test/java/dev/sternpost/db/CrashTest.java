package dev.sternpost.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.db.embedded.PgSettings;
import dev.sternpost.db.embedded.TestBinaries;
import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.FolderType;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL is killed under commits. */
class CrashTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path temporary;

    @Test
    void nothing_acknowledged_is_lost_and_the_inventory_goes_on_when_postgresql_is_killed() throws Exception {
        DbSettings settings = new DbSettings.Embedded(new PgSettings(
                temporary.resolve("pg"), TestServer.freePort(), Optional.empty(), Optional.of(TestBinaries.home())));
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        try (Database database = Database.open(settings)) {
            Inventory inventory = new Inventory(database.inventoryStore(), database.transactions());
            ConcurrentLinkedQueue<Long> told = new ConcurrentLinkedQueue<>();
            inventory.subscribe((committed, snapshot) -> {
                if (!committed.delta().changes().isEmpty()) {
                    told.add(committed.revision());
                }
            });
            long begin = inventory.snapshot().revision();
            AtomicBoolean stop = new AtomicBoolean();
            try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
                List<Future<?>> writers = new ArrayList<>();
                for (int t = 0; t < 3; t++) {
                    String prefix = "w" + t + "-";
                    writers.add(executor.submit(() -> write(inventory, prefix, acknowledged, stop)));
                }
                for (int kill = 1; kill <= 3; kill++) {
                    int wanted = acknowledged.size() + 50;
                    Await.until("commits go through", SOON, () -> acknowledged.size() > wanted);
                    killPostgres();
                }
                int wanted = acknowledged.size() + 50;
                Await.until("commits go through again", SOON, () -> acknowledged.size() > wanted);
                stop.set(true);
                for (Future<?> writer : writers) {
                    writer.get(60, TimeUnit.SECONDS);
                }
            }
            InventorySnapshot stored = database.inventoryStore().load();
            assertThat(names(stored)).containsAll(acknowledged);
            assertThat(inventory.snapshot().objects()).isEqualTo(stored.objects());
            assertThat(inventory.snapshot().revision()).isEqualTo(stored.revision());
            assertThat(told)
                    .containsExactly(LongStream.rangeClosed(begin + 1, stored.revision())
                            .boxed()
                            .toArray(Long[]::new));
            assertThatEveryCommitHasItsEvent(database, stored);
        }
        try (Database again = Database.open(settings)) {
            assertThat(names(again.inventoryStore().load())).containsAll(acknowledged);
        }
    }

    private static @Nullable Void write(
            Inventory inventory, String prefix, Set<String> acknowledged, AtomicBoolean stop) {
        AtomicLong next = new AtomicLong();
        while (!stop.get()) {
            String name = prefix + next.incrementAndGet();
            try {
                Folder folder = Folder.create(
                        FolderId.of(FolderType.DATACENTER, inventory.nextIdNumber()), name, FolderId.ROOT);
                inventory.commit(InventoryWrite.builder()
                        .put(folder)
                        .event(EventDraft.about(folder, EventType.FOLDER_CREATED, name))
                        .build());
                acknowledged.add(name);
            } catch (RuntimeException e) {
                // Not acknowledged: it may have happened or not.
                assertThat(e).isNotInstanceOf(IllegalStateException.class);
            }
        }
        return null;
    }

    private void killPostgres() throws Exception {
        String pid =
                Files.readAllLines(temporary.resolve("pg/data/postmaster.pid")).getFirst();
        new ProcessBuilder("kill", "-9", pid.strip()).start().waitFor();
    }

    private static Set<String> names(InventorySnapshot snapshot) {
        Set<String> names = new HashSet<>();
        snapshot.objects().stream().map(ManagedObject::name).forEach(names::add);
        return names;
    }

    private static void assertThatEveryCommitHasItsEvent(Database database, InventorySnapshot stored) {
        List<Event> events = new ArrayList<>();
        List<Event> page;
        do {
            page = database.inventoryStore().events(EventQuery.after(events.size(), EventQuery.LIMIT_MAX));
            events.addAll(page);
        } while (!page.isEmpty());
        assertThat(events)
                .extracting(Event::sequence)
                .containsExactly(
                        LongStream.rangeClosed(1, events.size()).boxed().toArray(Long[]::new));
        Set<String> made = names(stored);
        made.remove(Folder.ROOT.name());
        assertThat(events).extracting(Event::message).containsExactlyInAnyOrderElementsOf(made);
    }
}
