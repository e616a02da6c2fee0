package dev.sternpost.agent.availability;

import dev.sternpost.agent.availability.guard.GuardFiles;
import dev.sternpost.agent.operation.Keeper;
import dev.sternpost.agent.operation.KeptVms;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * High availability on this host: takes what the server says, remembers it, and runs a {@link Membership} for as long as the host takes part.
 *
 * <p>Begins before virtual machines of earlier times are taken up, so that those that ended keep their locks, and gets to work with
 * {@link #start} afterwards.
 */
public final class Availability implements Keeper, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Availability.class);

    private static final long LEASE_MILLIS_MAX = 10_000;
    private static final long LEASE_POLL_MILLIS = 50;

    private final MembershipKit kit;
    private final PlanFile file;
    private final GuardFiles files;
    /** Held while the membership begins or ends, which may take as long as the storage does; nobody who tells of a virtual machine waits for it. */
    private final ReentrantLock changes = new ReentrantLock();

    /** Guarded by itself, with the question whether there is anybody to tell. */
    private final List<Ended> endedBefore = new ArrayList<>();

    private volatile Plan plan;
    private volatile @Nullable Membership membership;
    private @Nullable KeptVms kept;

    /** One that ended before there was anybody to tell. */
    private record Ended(String vmId, long generation, String reason) {}

    public Availability(MembershipKit kit) {
        this.kit = kit;
        this.files = GuardFiles.in(kit.runDirectory());
        this.file = new PlanFile(kit.home(), kit.reader());
        this.plan = file.load();
    }

    /** Virtual machines of earlier times are taken up: begins to keep up what is to be kept up. */
    public void start(KeptVms vms) {
        changes.lock();
        try {
            kept = vms;
            if (plan.isOn()) {
                open(plan);
            }
        } finally {
            changes.unlock();
        }
    }

    /** The server, or another host by way of the datastore, says what is to be kept up. Returns when that is on disk. */
    public void configure(Plan next) {
        changes.lock();
        try {
            change(next);
        } finally {
            changes.unlock();
        }
    }

    private void change(Plan next) {
        boolean sameCluster = next.clusterId().equals(plan.clusterId());
        boolean otherMode = next.version() == plan.version() && next.mode() != plan.mode();
        if (sameCluster && next.version() <= plan.version() && !otherMode) {
            return;
        }
        log.info("to be kept up: version {} of {}, {}", next.version(), next.clusterId(), next.mode());
        file.store(next);
        Plan before = plan;
        plan = next;
        Membership current = membership;
        if (current != null && next.goesOnFrom(before)) {
            current.configure(next);
            return;
        }
        if (current != null) {
            membership = null;
            boolean clusterEnds =
                    sameCluster && !next.isOn() && next.config().hosts().isEmpty();
            current.leave(clusterEnds, () -> !plan.isOn());
        }
        forgetLease();
        if (next.isOn() && kept != null) {
            open(next);
        }
    }

    /** What a guard of an earlier time last said of its lease is no word on what runs now: it would be stopped as if that lease had been lost. */
    private void forgetLease() {
        try {
            files.forgetLease();
        } catch (IOException e) {
            throw new UncheckedIOException("the lease of an earlier guard cannot be forgotten", e);
        }
    }

    private void open(Plan now) {
        if (kept == null) {
            throw new IllegalStateException("not started");
        }
        files.create();
        Membership opened = new Membership(kit, files, now, kept, file, this::passedOn);
        synchronized (endedBefore) {
            endedBefore.forEach(ended -> opened.ended(ended.vmId(), ended.generation(), ended.reason()));
            endedBefore.clear();
            membership = opened;
        }
        opened.start();
    }

    /** What others wrote on the datastore, or that this host has been left out for long enough. */
    private void passedOn(Plan told) {
        if (told.version() > plan.version() || !told.isOn()) {
            configure(told);
        }
    }

    /** How this host stands. */
    public AvailabilityView view() {
        Membership current = membership;
        return new AvailabilityView(plan, kit.clock().getAsLong(), current == null ? null : current.view());
    }

    /** Whether there is anything to tell the server again and again. */
    public boolean isOn() {
        return plan.isOn();
    }

    @Override
    public Permit permit(String vmId) {
        if (!plan.isProtected(vmId)) {
            return () -> {};
        }
        Membership current = awaitLease();
        if (current == null) {
            throw new FaultException(
                    FaultCode.HOST_ERROR,
                    vmId,
                    kit.hostId() + " is just beginning to take part in high availability; try again in a moment.");
        }
        files.mark(vmId);
        return current.lease().permit(vmId);
    }

    /** A host that has just been started, or lost its lease for a moment, soon has it. */
    private @Nullable Membership awaitLease() {
        long end = kit.clock().getAsLong() + LEASE_MILLIS_MAX;
        try {
            while (kit.clock().getAsLong() < end) {
                Membership current = membership;
                if (current != null && current.lease().isHeld()) {
                    return current;
                }
                TimeUnit.MILLISECONDS.sleep(LEASE_POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return membership;
    }

    @Override
    public boolean keeps(String vmId) {
        return plan.isProtected(vmId);
    }

    @Override
    public void runs(String vmId, long generation) {
        Membership current = membership;
        if (current != null && keeps(vmId)) {
            current.arrived(vmId, generation);
        }
    }

    @Override
    public void left(String vmId) {
        Membership current = membership;
        if (current != null) {
            current.departed(vmId);
        }
    }

    @Override
    public boolean ended(String vmId, long generation, String reason) {
        if (!keeps(vmId)) {
            return false;
        }
        synchronized (endedBefore) {
            Membership current = membership;
            if (current == null) {
                endedBefore.add(new Ended(vmId, generation, reason));
            } else {
                current.ended(vmId, generation, reason);
            }
        }
        return true;
    }

    @Override
    public boolean off(String vmId, long generation, String reason) {
        Membership current = membership;
        if (current == null || !keeps(vmId)) {
            return false;
        }
        current.off(vmId, generation, reason);
        return true;
    }

    /** Lets go of everything; the guard and the virtual machines go on. */
    @Override
    public void close() {
        changes.lock();
        try {
            Membership current = membership;
            membership = null;
            if (current != null) {
                current.close();
            }
        } finally {
            changes.unlock();
        }
    }
}
