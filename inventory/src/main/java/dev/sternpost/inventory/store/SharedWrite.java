package dev.sternpost.inventory.store;

import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.store.InventoryWrite.Change;
import dev.sternpost.inventory.store.InventoryWrite.Put;
import dev.sternpost.inventory.store.InventoryWrite.Remove;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What those who share a transaction have decided to write, each on what is left by those before: one write, one revision. */
final class SharedWrite {
    /** One caller's part of it. */
    static final class Part {
        private final InventoryWrite write;
        private final long revision;
        private @Nullable Committed committed;

        private Part(InventoryWrite write, long revision, @Nullable Committed committed) {
            this.write = write;
            this.revision = revision;
            this.committed = committed;
        }

        static Part nothing(InventorySnapshot base) {
            return done(new Committed(new InventoryDelta(base.revision(), List.of()), List.of()));
        }

        static Part done(Committed committed) {
            return new Part(InventoryWrite.NOTHING, committed.revision(), committed);
        }

        /** What is known before it is written: all but the places and times of events. */
        Committed expected() {
            return committed != null
                    ? committed
                    : new Committed(new InventoryDelta(revision, outcomes(write)), List.of());
        }

        /** What became of it; to be asked when the transaction has ended. */
        Committed committed() {
            return Objects.requireNonNull(committed, "a write was neither done nor refused");
        }
    }

    private final InventorySnapshot base;
    private final InventoryWrite.Builder all = InventoryWrite.builder();
    private final List<Part> parts = new ArrayList<>();
    private final Set<ManagedObjectId> touched = new HashSet<>();
    private InventorySnapshot snapshot;

    SharedWrite(InventorySnapshot base) {
        this.base = base;
        this.snapshot = base;
    }

    InventorySnapshot base() {
        return base;
    }

    /** As it will be for whoever decides next. */
    InventorySnapshot snapshot() {
        return snapshot;
    }

    boolean touches(InventoryWrite write) {
        return write.changes().stream().map(Change::id).anyMatch(touched::contains);
    }

    /** @param after the snapshot as the write makes it */
    Part add(InventoryWrite write, InventorySnapshot after) {
        Part part = new Part(write, base.revision() + 1, null);
        parts.add(part);
        write.changes().forEach(change -> touched.add(change.id()));
        write.changes().forEach(all::change);
        write.events().forEach(all::event);
        write.audits().forEach(all::audit);
        snapshot = after;
        return part;
    }

    InventoryWrite write() {
        return all.build();
    }

    /** Tells each its own. */
    void committed(Committed committed) {
        int events = 0;
        for (Part part : parts) {
            int end = events + part.write.events().size();
            part.committed = new Committed(
                    new InventoryDelta(committed.revision(), outcomes(part.write)),
                    List.copyOf(committed.events().subList(events, end)));
            events = end;
        }
    }

    private static List<ObjectChange> outcomes(InventoryWrite write) {
        List<ObjectChange> outcomes = new ArrayList<>();
        for (Change change : write.changes()) {
            outcomes.add(
                    switch (change) {
                        case Put put -> new InventoryDelta.Put(put.object().withVersion(put.expectedVersion() + 1));
                        case Remove remove -> new InventoryDelta.Removed(remove.id());
                    });
        }
        return outcomes;
    }
}
