package dev.sternpost.inventory.store;

import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.fault.FaultException;
import java.util.List;

/**
 * Keeps the inventory, its events and its audit trail.
 *
 * <p>What every implementation promises is checked by {@code InventoryStoreContract} in this module's test jar. All
 * methods join the surrounding transaction ({@link Transactions}).
 */
public interface InventoryStore {
    /** Most deltas one call of {@link #deltasAfter} returns. */
    int DELTAS_MAX = 1_000;

    /**
     * Reads everything. A store that has never been written to holds the root folder and nothing else, at some revision.
     */
    InventorySnapshot load();

    /**
     * Writes all changes, events and audit entries, or none. The commit gets the next revision, each changed object the
     * next version, each event the next sequence. Revisions, and sequences of events, have no gaps, and their order is
     * the order in which commits become visible.
     *
     * @throws FaultException VERSION_CONFLICT when an object does not have the expected version (any more),
     *     NAME_TAKEN when the parent has another child of that name, OBJECT_NOT_FOUND when the parent does not exist,
     *     OBJECT_NOT_EMPTY when a removed object still has children, VM_ALREADY_REGISTERED when another object has the
     *     same UUID
     */
    Committed commit(InventoryWrite write);

    /**
     * The deltas that follow a revision, oldest first.
     *
     * @param limit 1 to {@value #DELTAS_MAX}
     * @throws FaultException CURSOR_EXPIRED when the first of them is no longer kept; CURSOR_INVALID when the revision
     *     has not been reached yet
     */
    List<InventoryDelta> deltasAfter(long revision, int limit);

    /** The lowest revision {@link #deltasAfter} can still be asked for. */
    long oldestRevision();

    /** The events asked for. */
    List<Event> events(EventQuery query);

    /** The sequence of the newest event; 0 when there is none. */
    long lastEventSequence();

    /** The newest audit entries about an object, newest first. */
    List<AuditEntry> audits(ManagedObjectId subjectId, int limit);

    /** A number for a new id; never the same twice, at least {@code ObjectName.ID_NUMBER_MIN}. */
    long nextIdNumber();
}
