package dev.sternpost.inventory.store;

import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.ObjectName;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.InventoryWrite.Change;
import dev.sternpost.inventory.store.InventoryWrite.Put;
import dev.sternpost.inventory.store.InventoryWrite.Remove;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store that forgets everything when the process ends. */
public final class InMemoryInventoryStore implements InventoryStore {
    private final InMemoryTransactions transactions;
    private final InstantSource clock;
    private final int deltasKept;
    private final AtomicLong idNumbers = new AtomicLong(ObjectName.ID_NUMBER_MIN);
    private State state = new State(InventorySnapshot.of(1, List.of(Folder.ROOT)), List.of(), List.of(), List.of());

    /** The state at the begin of the transaction in progress; null while it has written nothing. */
    private @Nullable State atBegin;

    /** All that is kept; replaced as a whole, so that a rollback puts the one of before back. */
    private record State(
            InventorySnapshot snapshot, List<InventoryDelta> deltas, List<Event> events, List<AuditEntry> audits) {}

    public InMemoryInventoryStore(InMemoryTransactions transactions, InstantSource clock) {
        this(transactions, clock, 10_000);
    }

    /** A store that keeps only so many deltas. */
    public InMemoryInventoryStore(InMemoryTransactions transactions, InstantSource clock, int deltasKept) {
        this.transactions = transactions;
        this.clock = clock;
        this.deltasKept = deltasKept;
    }

    private State state() {
        return transactions.inTransaction(() -> state);
    }

    @Override
    public InventorySnapshot load() {
        return state().snapshot();
    }

    @Override
    public Committed commit(InventoryWrite write) {
        return transactions.inTransaction(() -> {
            State before = state;
            WriteCheck.check(before.snapshot(), write);
            InventoryDelta delta = delta(before.snapshot().revision() + 1, write);
            State after = after(before, delta, write);
            rememberBegin();
            state = after;
            return new Committed(
                    delta,
                    after.events()
                            .subList(before.events().size(), after.events().size()));
        });
    }

    private void rememberBegin() {
        if (atBegin != null) {
            return;
        }
        State begin = state;
        atBegin = begin;
        transactions.onCompletion(outcome -> {
            if (outcome == Transactions.Outcome.ROLLED_BACK) {
                state = begin;
            }
            atBegin = null;
        });
    }

    private static InventoryDelta delta(long revision, InventoryWrite write) {
        List<ObjectChange> changes = new ArrayList<>();
        for (Change change : write.changes()) {
            changes.add(
                    switch (change) {
                        case Put put -> new InventoryDelta.Put(put.object().withVersion(change.expectedVersion() + 1));
                        case Remove remove -> new InventoryDelta.Removed(remove.id());
                    });
        }
        return new InventoryDelta(revision, changes);
    }

    private State after(State before, InventoryDelta delta, InventoryWrite write) {
        Instant now = clock.instant();
        InventorySnapshot snapshot = before.snapshot().apply(delta);
        List<InventoryDelta> deltas = Stream.concat(before.deltas().stream(), Stream.of(delta))
                .skip(Math.max(0, before.deltas().size() + 1 - deltasKept))
                .toList();
        List<Event> events = new ArrayList<>(before.events());
        for (EventDraft draft : write.events()) {
            events.add(new Event(events.size() + 1L, now, draft));
        }
        List<AuditEntry> audits = new ArrayList<>(before.audits());
        for (AuditDraft draft : write.audits()) {
            ManagedObjectId changed = changedSubject(draft, delta);
            audits.add(new AuditEntry(
                    audits.size() + 1L,
                    now,
                    delta.revision(),
                    draft,
                    changed == null ? null : orNull(before.snapshot(), changed),
                    changed == null ? null : orNull(snapshot, changed)));
        }
        return new State(snapshot, deltas, events, audits);
    }

    private static @Nullable ManagedObjectId changedSubject(AuditDraft draft, InventoryDelta delta) {
        return delta.changes().stream()
                .map(ObjectChange::id)
                .filter(id -> id.equals(draft.subjectId()))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable ManagedObject orNull(InventorySnapshot snapshot, ManagedObjectId id) {
        return snapshot.find(id).orElse(null);
    }

    @Override
    public List<InventoryDelta> deltasAfter(long revision, int limit) {
        State now = state();
        if (revision > now.snapshot().revision() || revision < 0) {
            throw new FaultException(FaultCode.CURSOR_INVALID, "That moment has not come yet. List again.");
        }
        if (revision < oldest(now)) {
            throw new FaultException(FaultCode.CURSOR_EXPIRED, "Those changes are no longer kept. List again.");
        }
        return now.deltas().stream()
                .filter(delta -> delta.revision() > revision)
                .limit(limit)
                .toList();
    }

    @Override
    public long oldestRevision() {
        return oldest(state());
    }

    private static long oldest(State state) {
        return state.snapshot().revision() - state.deltas().size();
    }

    @Override
    public List<Event> events(EventQuery query) {
        Comparator<Event> bySequence = Comparator.comparingLong(Event::sequence);
        return state().events().stream()
                .filter(query::matches)
                .sorted(query.order() == EventQuery.Order.OLDEST_FIRST ? bySequence : bySequence.reversed())
                .limit(query.limit())
                .toList();
    }

    @Override
    public long lastEventSequence() {
        return state().events().size();
    }

    @Override
    public List<AuditEntry> audits(ManagedObjectId subjectId, int limit) {
        return state().audits().reversed().stream()
                .filter(entry -> subjectId.equals(entry.draft().subjectId()))
                .limit(limit)
                .toList();
    }

    @Override
    public long nextIdNumber() {
        return idNumbers.getAndIncrement();
    }
}
