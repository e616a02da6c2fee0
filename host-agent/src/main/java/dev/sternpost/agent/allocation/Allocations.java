package dev.sternpost.agent.allocation;

import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmAllocation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last order and makes it so, at once and then every second for those that came meanwhile. An order holds for
 * the time it says; afterwards, and some minutes after the agent's start if none came by then, nothing is limited: the
 * server that knew why is away. Safe for use from several threads.
 */
public final class Allocations implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Allocations.class);

    private static final long PERIOD_MILLIS = 1_000;
    /** What an earlier run of the agent enforced stays until then, since the server will hardly have changed its mind. */
    static final Duration GRACE = Duration.ofMinutes(3);

    static final Duration VALID_MAX = Duration.ofHours(1);

    private final HypervisorEngine engine;
    private final LongSupplier nanoTime;
    private final Thread thread = Thread.ofVirtual().name("allocations").unstarted(this::run);
    private final Map<RunningVm, VmAllocation> enforced = new HashMap<>();
    private Map<String, VmAllocation> ordered = Map.of();
    private boolean inGrace = true;
    private long revision;
    private long endNanoTime;
    private boolean holds = true;

    public Allocations(HypervisorEngine engine) {
        this(engine, System::nanoTime);
    }

    Allocations(HypervisorEngine engine, LongSupplier nanoTime) {
        this.engine = engine;
        this.nanoTime = nanoTime;
        this.endNanoTime = nanoTime.getAsLong() + GRACE.toNanos();
    }

    public void start() {
        thread.start();
    }

    /**
     * Takes an order, unless a later one still holds.
     *
     * @param allocations by id of the virtual machine; one that is not named is not limited
     * @param validFor how long it holds, at most an hour
     * @param orderRevision rises with each order
     */
    public synchronized void order(Map<String, VmAllocation> allocations, Duration validFor, long orderRevision) {
        expire();
        if (holds && !inGrace && orderRevision < revision) {
            log.info("allocations {} come after {} and are passed over", orderRevision, revision);
            return;
        }
        ordered = Map.copyOf(allocations);
        inGrace = false;
        revision = orderRevision;
        holds = true;
        endNanoTime = nanoTime.getAsLong() + (validFor.compareTo(VALID_MAX) > 0 ? VALID_MAX : validFor).toNanos();
        enforce();
    }

    /** Makes it so for those that came since, or for all when the order no longer holds. */
    synchronized void enforce() {
        expire();
        if (holds && inGrace) {
            return;
        }
        var running = engine.running();
        enforced.keySet().retainAll(running);
        for (RunningVm vm : running) {
            VmAllocation wanted = ordered.getOrDefault(vm.vmId(), VmAllocation.UNLIMITED);
            if (!wanted.equals(enforced.put(vm, wanted))) {
                vm.allocate(wanted);
            }
        }
    }

    private void expire() {
        if (holds && nanoTime.getAsLong() - endNanoTime >= 0) {
            if (!ordered.isEmpty()) {
                log.warn("the server has not renewed what virtual machines are entitled to; their limits are lifted");
            }
            holds = false;
            ordered = Map.of();
        }
    }

    private void run() {
        try {
            while (true) {
                try {
                    enforce();
                } catch (RuntimeException e) {
                    // A round that fails is repeated; it must not end the loop.
                    log.error("allocations could not be enforced", e);
                }
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException e) {
            log.debug("no more allocations");
        }
    }

    /** Stops; what is enforced stays so. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
