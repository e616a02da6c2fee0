package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.ledger.MoveMark;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.vmdirectory.NewHome;
import dev.sternpost.agent.vmdirectory.StoredVm;
import dev.sternpost.inventory.fault.FaultException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a move that was cut short. The lock in the old directory has decided: a sign there means that the virtual machine has
 * moved, and then all of it is at the new place; anything else that it has not, and then what was copied is rubbish.
 */
final class StorageSettlement {

    private static final Logger log = LoggerFactory.getLogger(StorageSettlement.class);

    private final HostKit host;
    private final Vms vms;

    StorageSettlement(HostKit host, Vms vms) {
        this.host = host;
        this.vms = vms;
    }

    /** The record with the place where the virtual machine is now. The ledger knows it on return; the move may have more to be settled. */
    VmRecord locate(VmRecord record) {
        MoveMark mark = record.move();
        if (mark == null || record.travel() != null || !hasMoved(record, mark)) {
            return record;
        }
        VmRecord moved = record.moved(mark).withMove(mark);
        host.ledger().put(moved);
        return moved;
    }

    /**
     * Ends what is left of a move, after {@link #locate} and when the virtual machine's process has been found, if there is one.
     *
     * @param before the record as it was before {@link #locate}
     */
    void settle(VmRecord before) {
        MoveMark mark = before.move();
        VmRecord record = host.ledger().vm(before.vmId()).orElse(null);
        if (mark == null || record == null || before.travel() != null) {
            return;
        }
        boolean moved = vms.place(record).equals(target(mark));
        Optional<RunningVm> running = vms.entry(record.vmId()).running();
        if (running.isPresent()) {
            StoredVm stored = host.directories().read(vms.directory(record), record.vmxName());
            running.get().storageMover().settle(running.get().launch().at(stored.directory(), stored.shape()));
        }
        if (moved) {
            home(mark).settle();
        } else {
            discard(mark);
        }
        host.ledger().put(record.withMove(null));
        vms.note(record, "its move " + mark.moveId() + " was cut short; it " + (moved ? "has moved" : "has not moved"));
    }

    /** Deletes what was copied; what cannot be deleted now stays, and is named in the log. */
    void discard(MoveMark mark) {
        try {
            home(mark).discard();
        } catch (FaultException e) {
            log.warn("what move {} has copied stays in {}", mark.moveId(), mark.directory(), e);
        }
    }

    /** Whether the sign stands that makes the target the place of the virtual machine. */
    boolean hasMoved(VmRecord record, MoveMark mark) {
        return vms.place(record).equals(target(mark))
                || vms.lock(record)
                        .movedTo()
                        .filter(target(mark).text()::equals)
                        .isPresent();
    }

    NewHome home(MoveMark mark) {
        return host.directories().newHome(vms.directory(target(mark)), mark.moveId());
    }

    static VmPlace target(MoveMark mark) {
        return new VmPlace(mark.datastoreUuid(), mark.directory());
    }
}
