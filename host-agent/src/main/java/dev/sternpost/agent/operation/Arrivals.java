package dev.sternpost.agent.operation;

import dev.sternpost.agent.ledger.MigrationMark;
import dev.sternpost.agent.ledger.MoveMark;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.vmdirectory.ArrivingHome;
import dev.sternpost.inventory.fault.FaultException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Virtual machines that come to this host with their files. Nobody here sees the lock at the source, so this host knows that they are its own
 * only when the source's agent or the server says so; until then the files have no lock, and no name by which they could be taken for a virtual
 * machine. Nothing is deleted without the server's word either: the source may have given them away.
 */
final class Arrivals {

    private static final Logger log = LoggerFactory.getLogger(Arrivals.class);

    private final HostKit host;
    private final Vms vms;

    /** What ends the receiving of files, by virtual machine. */
    private final Map<String, Runnable> lines = new ConcurrentHashMap<>();

    Arrivals(HostKit host, Vms vms) {
        this.host = host;
        this.vms = vms;
    }

    /** Those that were given up, so that an order to begin one that arrives late begins nothing. */
    private final EndedMigrations ended = new EndedMigrations();

    boolean wasEnded(String moveId) {
        return ended.contains(moveId);
    }

    void end(String moveId) {
        ended.add(moveId);
    }

    ArrivingHome home(VmRecord record) {
        MoveMark travel = record.travel();
        if (travel == null) {
            throw new IllegalStateException(record.vmId() + " does not come with files");
        }
        return host.directories().arrivingHome(vms.directory(record), record.vmxName(), travel.moveId());
    }

    void listensBy(String vmId, Runnable end) {
        hangUp(vmId);
        lines.put(vmId, end);
    }

    void hangUp(String vmId) {
        Runnable end = lines.remove(vmId);
        if (end != null) {
            end.run();
        }
    }

    /** The source has given it away: its files get their names and its lock. Done already counts as done. */
    void takeUp(VmRecord record) {
        MigrationMark mark = record.migration();
        if (mark == null) {
            throw new IllegalStateException(record.vmId() + " does not arrive");
        }
        home(record).complete();
        vms.lock(record).take(vms.self(mark.nextGeneration()));
    }

    /** It lives here now, as the ledger knows. */
    void settle(VmRecord arrived) {
        hangUp(arrived.vmId());
        try {
            home(arrived).settle();
        } catch (FaultException e) {
            log.warn("{}: what told of its arrival stays in {}", arrived.vmId(), arrived.directory(), e);
        }
    }

    /** It stays where it was. */
    void discard(VmRecord record) {
        hangUp(record.vmId());
        try {
            home(record).discard();
        } catch (FaultException e) {
            log.warn("{}: what had arrived of it stays in {}", record.vmId(), record.directory(), e);
        }
    }
}
