package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.agent.vmdirectory.StoredVm;
import dev.sternpost.agent.vmdirectory.VmLock;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What high availability does with virtual machines, without the server: starts one under a lock it has taken, stops one that is to run
 * elsewhere, reads and changes locks, also of those that this host has never had. Calls block.
 */
public final class KeptVms {

    private static final Logger log = LoggerFactory.getLogger(KeptVms.class);

    private static final Duration ASK_GUEST_MAX = Duration.ofSeconds(30);

    private final HostKit host;
    private final Vms vms;
    private final PowerOperations power;

    KeptVms(HostKit host, Vms vms, PowerOperations power) {
        this.host = host;
        this.vms = vms;
        this.power = power;
    }

    /** Those that run here, with the generation under which they were started. */
    public Map<String, Long> running() {
        Map<String, Long> running = new TreeMap<>();
        for (VmRecord record : host.ledger().vms()) {
            if (record.state() == LedgerState.ON
                    && vms.entry(record.vmId()).running().isPresent()) {
                running.put(record.vmId(), record.generation());
            }
        }
        return running;
    }

    /** Whether the guest's agent answers. */
    public boolean isGuestUp(String vmId) {
        return vms.entry(vmId).guest().tools() == GuestView.Tools.RUNNING;
    }

    /** The engine's handle of one that runs. */
    public Optional<RunningVm> handle(String vmId) {
        return vms.entry(vmId).running();
    }

    /** Whether it is on its way to another host. */
    public boolean isMigrating(String vmId) {
        return vms.entry(vmId).outgoing().isPresent();
    }

    /** Presses reset. */
    public void reset(String vmId) {
        vms.inTurn(vmId, () -> {
            RunningVm running = vms.requireRunning(vmId, "be reset");
            vms.entry(vmId).expectReset();
            running.reset();
            vms.note(vms.require(vmId), "reset by high availability");
            return true;
        });
    }

    /**
     * Starts a virtual machine whose lock names this host with this generation. What there is of it here is ended first: a shadow of a live
     * migration whose source has died, or a process of an earlier time. One that has just been started here under the generation before, while the
     * order was on its way, is what was wanted: it goes on. On failure no process is left, and the lock stays as it is.
     *
     * @param lastKnown where its directory is, or was before it moved to another datastore
     * @param permit asked just before the guest is let run
     */
    public void start(String vmId, long generation, VmPlace lastKnown, Keeper.Permit permit) {
        vms.inTurn(vmId, () -> {
            VmPlace place = vms.whereabouts(lastKnown, vmId);
            VmEntry entry = vms.entry(vmId);
            if (goesOn(vmId, generation, permit)) {
                return true;
            }
            entry.incoming().flatMap(TargetSession::relay).ifPresent(relay -> relay.cut("its source has died"));
            entry.incoming(null);
            entry.running().ifPresent(RunningVm::powerOff);
            entry.runsNoMore();
            host.engine().clear(vmId);
            StoredVm stored = host.directories().read(vms.directory(place), "");
            // A move of its files that was under way still has to be cleaned up.
            VmRecord record = VmRecord.off(vmId, generation, place.datastoreUuid(), place.directory(), stored.vmxName())
                    .withMove(host.ledger().vm(vmId).map(VmRecord::move).orElse(null));
            host.ledger().put(record);
            power.discardMemory(record);
            power.startAgain(record, permit);
            return true;
        });
        vms.report(vmId);
    }

    /** Whether it runs already, and nobody else can have had it since: the lock went straight from its generation to this one. */
    private boolean goesOn(String vmId, long generation, Keeper.Permit permit) {
        Optional<VmRecord> before = vms.find(vmId)
                .filter(record -> record.state() == LedgerState.ON && record.generation() == generation - 1)
                .filter(record -> vms.entry(vmId).running().isPresent());
        before.ifPresent(record -> {
            permit.check();
            VmRecord now = record.withGeneration(generation);
            host.ledger().put(now);
            vms.note(
                    now,
                    "was to be started by high availability, and runs already; goes on with generation " + generation);
        });
        return before.isPresent();
    }

    /**
     * Stops a virtual machine that is to be started elsewhere; its lock stays. Does nothing once it was started anew under a later generation,
     * or is gone already.
     *
     * @param generation of what is to be stopped
     * @param askGuestFirst for half a minute
     * @return whether it is gone; false when it was started anew
     */
    public boolean stop(String vmId, long generation, boolean askGuestFirst) {
        VmEntry entry = vms.entry(vmId);
        Optional<RunningVm> meant = entry.running();
        entry.expectEnd(true);
        entry.keepLock();
        if (askGuestFirst && meant.isPresent()) {
            try {
                power.askGuest(entry, ASK_GUEST_MAX);
            } catch (TimeoutException | FaultException e) {
                log.info("{}: its guest did not shut down: {}", vmId, e.getMessage());
            }
        }
        boolean gone = vms.inTurn(vmId, () -> {
            boolean later = vms.find(vmId)
                    .filter(record -> record.generation() > generation)
                    .isPresent();
            if (later && !entry.running().equals(meant)) {
                return false;
            }
            entry.running().ifPresent(RunningVm::powerOff);
            entry.runsNoMore();
            // Whoever waits for its guest to shut down need not any longer.
            entry.ended().complete(new EngineEvent.EngineDied(vmId, "stopped by high availability"));
            host.engine().clear(vmId);
            vms.find(vmId)
                    .filter(record -> record.state() != LedgerState.INCOMING && record.state() != LedgerState.OFF)
                    .ifPresent(record -> {
                        host.ledger()
                                .put(record.withState(LedgerState.OFF)
                                        .withBootEpochMillis(0)
                                        .withMigration(null));
                        vms.note(record, "stopped by high availability, to be started elsewhere");
                    });
            return true;
        });
        vms.report(vmId);
        return gone;
    }

    /** The lock of a virtual machine; empty where there is none. */
    public Optional<LockHolder> lock(VmPlace place, String vmId) {
        return lockAt(place, vmId).holder();
    }

    /** Changes a lock from exactly one state to another, and tells what it says now. */
    public Optional<LockHolder> exchange(
            VmPlace place, String vmId, Optional<LockHolder> expected, Optional<LockHolder> next) {
        return lockAt(place, vmId).exchange(expected, next);
    }

    private VmLock lockAt(VmPlace lastKnown, String vmId) {
        VmPlace place = vms.whereabouts(lastKnown, vmId);
        StoredVm stored = host.directories().read(vms.directory(place), "");
        return host.directories().lock(vms.directory(place), stored.vmxName(), vmId);
    }
}
