package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.engine.GuestAgent;
import dev.sternpost.agent.engine.GuestAgent.GuestIdentity;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reconciler: keeps what the server knows of guests true. Asks each running guest for its name and addresses, often while
 * nothing is known and seldom afterwards, and tells the server of changes. Also notices an end that was not booked.
 */
final class GuestPoller {

    private static final Logger log = LoggerFactory.getLogger(GuestPoller.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final long PERIOD_MILLIS = 500;

    /** The engine's own word is on its way for a moment, and only it knows a shutdown from a death. */
    private static final long UNTOLD_MILLIS_MIN = 2_000;

    /** A guest whose agent answers is asked every so many periods. */
    private static final int KNOWN_PERIODS = 10;

    private final Vms vms;
    private final EngineListener listener;
    private final Map<String, Boolean> busy = new ConcurrentHashMap<>();
    private final Workers workers;

    GuestPoller(Vms vms, EngineListener listener, Workers workers) {
        this.vms = vms;
        this.listener = listener;
        this.workers = workers;
    }

    void start() {
        workers.start("guest-poller", this::run);
    }

    private void run() {
        try {
            for (int period = 0; ; period = (period + 1) % KNOWN_PERIODS) {
                for (VmEntry entry : vms.entries()) {
                    boolean known = entry.guest().tools() == GuestView.Tools.RUNNING
                            && !entry.guest().ipAddresses().isEmpty();
                    if (!known || period == 0) {
                        look(entry);
                    }
                }
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On a thread of its own: a guest that hangs must not hold up the others. */
    private void look(VmEntry entry) {
        if (entry.running().isEmpty() || busy.putIfAbsent(entry.vmId(), true) != null) {
            return;
        }
        workers.start("look-" + entry.vmId(), () -> {
            try {
                entry.running().ifPresent(running -> look(entry, running));
            } catch (RuntimeException e) {
                // A look that fails is repeated; it must not end the loop.
                log.debug("{}: {}", entry.vmId(), e.toString());
            } finally {
                busy.remove(entry.vmId());
            }
        });
    }

    private void look(VmEntry entry, RunningVm running) {
        LedgerState state = vms.find(entry.vmId()).map(record -> record.state()).orElse(LedgerState.GONE);
        if (state != LedgerState.ON) {
            return;
        }
        RunState engine = running.state();
        if (engine == RunState.ENDED) {
            if (entry.endedForMillis() >= UNTOLD_MILLIS_MIN) {
                listener.happened(new EngineEvent.EngineDied(entry.vmId(), "its process was found ended"));
            }
            return;
        }
        if (engine == RunState.RUNNING && entry.outgoing().isEmpty()) {
            GuestView seen = ask(running.guestAgent());
            if (entry.running().filter(running::equals).isPresent()) {
                entry.guest(seen);
            }
        }
        vms.report(entry.vmId());
    }

    private static GuestView ask(GuestAgent agent) {
        if (!agent.ping(TIMEOUT)) {
            return new GuestView(GuestView.Tools.NOT_RUNNING, "", "", List.of());
        }
        try {
            GuestIdentity identity = agent.identity(TIMEOUT);
            return new GuestView(
                    GuestView.Tools.RUNNING, identity.hostName(), identity.osName(), agent.ipAddresses(TIMEOUT));
        } catch (FaultException e) {
            return new GuestView(GuestView.Tools.RUNNING, "", "", List.of());
        }
    }
}
