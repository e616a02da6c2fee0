package dev.sternpost.agent.availability;

import dev.sternpost.agent.availability.guard.GuardFiles;
import dev.sternpost.agent.availability.guard.GuardLine;
import dev.sternpost.agent.availability.store.DirectorySlotStore;
import dev.sternpost.agent.availability.store.SlotStore;
import dev.sternpost.agent.operation.KeptVms;
import dev.sternpost.failover.PlannedRestarts;
import dev.sternpost.ha.host.HostMachine;
import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host as a member of a cluster that is kept up: runs the host's machine on one thread, with everything it asks for done on others, and
 * hears the guard. Ends when the host leaves, or lives on in the guard when the agent ends.
 */
final class Membership implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    private static final long CONFIG_MILLIS = 2_000;
    private static final long GUEST_MILLIS = 1_000;
    private static final long AGAIN_MILLIS = 1_000;

    private static final Duration END_WAIT_MAX = Duration.ofSeconds(5);

    private final MembershipKit kit;
    private final GuardFiles files;
    private final KeptVms kept;
    private final PlanExchange exchange;
    private final HeartbeatSlots slots;
    private final HostMachine machine;
    private final LinkedBlockingQueue<Input> inputs = new LinkedBlockingQueue<>();
    private final Peers peers;
    private final Fence fence = new Fence();
    private final Thread thread;
    /** What this thread has seen run; nothing that was started while the plan changed is forgotten. */
    private final Map<String, Long> listed = new TreeMap<>();

    private final GuestWatches watches;
    private volatile Plan plan;
    private final HeldLease lease;
    private volatile HostMachine.@Nullable State state;
    private volatile @Nullable GuardLine guard;
    private volatile boolean closed;

    /** What the guard found out about stopping virtual machines. */
    private static final class Fence {
        private volatile String proof = "";
        private volatile String problem = "the guard has not tried it yet";
    }

    Membership(
            MembershipKit kit, GuardFiles files, Plan plan, KeptVms kept, PlanFile planFile, Consumer<Plan> passedOn) {
        this.kit = kit;
        this.lease = new HeldLease(kit);
        this.files = files;
        this.plan = plan;
        this.kept = kept;
        this.slots = new HeartbeatSlots(kit.datastores(), () -> this.plan);
        this.exchange = new PlanExchange(
                kit.hostId(), kit.clock(), planFile, () -> this.plan, passedOn, slots::told, this::tell);
        this.machine = new HostMachine(kit.hostId(), new PlannedRestarts(() -> this.plan.rules()));
        this.watches = new GuestWatches(
                kept, () -> this.plan, kit.clock(), kit.journal(), new ResetTally(kit.home(), kit.clock()));
        this.peers = new Peers(kit.hostId(), kit.relay());
        this.thread = Thread.ofPlatform().name("availability").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    // ---- what comes in, from any thread ----

    void configure(Plan next) {
        plan = next;
        peers.are(next.peers());
        inputs.add(new Input.Configured(next.config(), now()));
        inputs.add(new Input.Tick(now()));
    }

    void arrived(String vmId, long generation) {
        // It may have been made before the plan named it.
        files.mark(vmId);
        inputs.add(new Input.VmArrived(new VirtualMachineId(vmId), generation, now()));
    }

    void departed(String vmId) {
        files.unmark(vmId);
        inputs.add(new Input.VmDeparted(new VirtualMachineId(vmId), now()));
    }

    /** Also one that this machine did not know of. */
    void ended(String vmId, long generation, String reason) {
        inputs.add(new Input.VmArrived(new VirtualMachineId(vmId), generation, now()));
        inputs.add(new Input.VmGone(new VirtualMachineId(vmId), false, reason, now()));
    }

    /** Shut down because somebody wanted that: its lock is removed, which is tried until it is done. */
    void off(String vmId, long generation, String reason) {
        inputs.add(new Input.VmArrived(new VirtualMachineId(vmId), generation, now()));
        inputs.add(new Input.VmGone(new VirtualMachineId(vmId), true, reason, now()));
    }

    HeldLease lease() {
        return lease;
    }

    private long now() {
        return kit.clock().getAsLong();
    }

    private final class FromGuard implements GuardLine.Listener {
        @Override
        public void lease(Effect.LeaseIs now) {
            lease.is(now);
            inputs.add(new Input.Lease(now.epoch(), now.untilMillis(), Membership.this.now()));
        }

        @Override
        public void fence(boolean works, String words) {
            fence.proof = works ? words : "";
            fence.problem = works ? "" : words;
        }

        @Override
        public void happened(Happening happening) {
            tell(happening);
        }
    }

    // ---- the thread ----

    private void run() {
        try {
            live();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // The thread's edge. The guard hears no more of the agent and says so; the server sees that too.
            log.error("high availability on this host ends by a defect; start its agent anew", e);
        }
    }

    private void live() throws InterruptedException {
        Path directory = slots.await();
        SlotStore store = new DirectorySlotStore(directory);
        HaTiming guarded = guardBy(directory);
        HostMachine.State now = begin(store);
        Deeds deeds = new Deeds(kit, store, kept, peers, inputs, this);
        peers.are(plan.peers());
        kit.relay().listenToPeers(host -> plan.hasMember(new HostId(host)), this::heard);
        loop(now, deeds, store, directory, guarded);
    }

    private void heard(String hostId, String text) {
        Message.decode(text)
                .filter(message -> message.from().value().equals(hostId))
                .ifPresent(message -> inputs.add(new Input.Heard(message, now())));
    }

    private HostMachine.State begin(SlotStore store) throws InterruptedException {
        while (true) {
            try {
                VmTable table = store.read(VmTable.slotOf(kit.hostId()))
                        .flatMap(VmTable::decode)
                        .orElse(null);
                TreeMap<VirtualMachineId, Long> executing = new TreeMap<>();
                kept.running().forEach((vmId, generation) -> {
                    if (plan.isProtected(vmId)) {
                        files.mark(vmId);
                        executing.put(new VirtualMachineId(vmId), generation);
                    }
                });
                return machine.start(plan.config(), kit.incarnation(), table, executing, now());
            } catch (IOException e) {
                slots.told(e);
                TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
            }
        }
    }

    /** By other times the guard makes way for another, which goes on with its lease: what runs here is guarded all the time. */
    private HaTiming guardBy(Path directory) {
        HaTiming timing = plan.config().timing();
        GuardLine before = guard;
        if (before != null) {
            before.close();
        }
        GuardLine line = kit.guards().line(files, kit.setup(directory, timing), new FromGuard());
        guard = line;
        line.start();
        return timing;
    }

    private void loop(HostMachine.State begun, Deeds deeds, SlotStore store, Path directory, HaTiming guardedFirst)
            throws InterruptedException {
        HostMachine.State current = begun;
        HaTiming guarded = guardedFirst;
        long tick = 0;
        long configLook = 0;
        long guestLook = 0;
        while (!closed) {
            Input input = inputs.poll(HaTiming.TICK_MILLIS, TimeUnit.MILLISECONDS);
            if (input != null) {
                current = step(current, input, deeds);
                if (input instanceof Input.Configured) {
                    quietly(this::protectAsPlanned);
                    guarded = plan.config().timing().equals(guarded) ? guarded : guardBy(directory);
                    configLook = 0;
                }
            }
            long now = now();
            if (now >= tick) {
                tick = now + HaTiming.TICK_MILLIS;
                current = step(current, new Input.Tick(now), deeds);
            }
            state = current;
            if (now >= configLook) {
                configLook = now + CONFIG_MILLIS;
                exchange.look(store);
            }
            if (now >= guestLook) {
                guestLook = now + GUEST_MILLIS;
                quietly(this::lookAtGuests);
                quietly(exchange::leaveIfLeftOut);
            }
        }
    }

    private HostMachine.State step(HostMachine.State before, Input input, Deeds deeds) {
        Step<HostMachine.State> step = machine.step(before, input);
        for (Effect effect : step.effects()) {
            if (effect instanceof Effect.TellGuard word) {
                GuardLine line = guard;
                if (line != null) {
                    line.agentLives(word.isolated());
                }
            } else {
                deeds.start(effect);
            }
        }
        return step.state();
    }

    /** What is protected from now on is listed, and marked for the guard; what is not any more is left alone. */
    private void protectAsPlanned() {
        Map<String, Long> running = kept.running();
        running.forEach((vmId, generation) -> {
            if (plan.isProtected(vmId)) {
                files.mark(vmId);
                arrived(vmId, generation);
            }
        });
        for (String vmId : files.marked()) {
            if (!plan.isProtected(vmId)) {
                departed(vmId);
            }
        }
    }

    private void lookAtGuests() {
        watches.look();
        kept.running().forEach((vmId, generation) -> {
            if (!plan.isProtected(vmId)) {
                return;
            }
            if (listed.put(vmId, generation) == null) {
                arrived(vmId, generation);
            }
            if (kept.isGuestUp(vmId)) {
                inputs.add(new Input.GuestUp(new VirtualMachineId(vmId), now()));
            }
        });
        listed.keySet().retainAll(kept.running().keySet());
    }

    /** A look that fails, such as on a full run directory, is repeated; it must not end the rest. */
    private static void quietly(Runnable look) {
        try {
            look.run();
        } catch (RuntimeException e) {
            log.error("a look of high availability failed, and is repeated", e);
        }
    }

    Plan plan() {
        return plan;
    }

    HeartbeatSlots slots() {
        return slots;
    }

    GuardFiles files() {
        return files;
    }

    void tell(Happening happening) {
        HappeningWords words = HappeningWords.of(happening);
        log.info("{}", words.detail());
        kit.journal().happened(words.vmId(), 0, words.kind(), words.detail());
    }

    // ---- for the server ----

    AvailabilityView.Membership view() {
        GuardLine line = guard;
        long now = now();
        HostMachine.State current = state;
        return new AvailabilityView.Membership(
                line != null && line.isUp(),
                lease.leftMillis(),
                fence.proof,
                fence.problem,
                kit.watchdog(),
                slots.problem(),
                current == null ? null : AvailabilityView.Machine.of(current, now));
    }

    // ---- the end ----

    /**
     * The host takes part no more.
     *
     * @param clusterEnds nobody does: what is down against its will is nobody's to start any more
     */
    void leave(boolean clusterEnds, BooleanSupplier stillOut) {
        HostMachine.State last = state;
        closed = true;
        thread.interrupt();
        try {
            thread.join(END_WAIT_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // The guard first, while it can be told: it lets go of the watchdog in order.
        GuardLine line = guard;
        if (line != null) {
            line.end();
        }
        close();
        files.marked().forEach(files::unmark);
        if (last != null) {
            Leaving.giveUpLocks(kit.hostId(), plan, kept, last, clusterEnds);
        }
        Leaving.dropLease(kit.hostId(), slots, plan.config().timing().inFlightMillis(), stillOut);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        kit.relay().listenToPeers(host -> false, (host, text) -> {});
        peers.close();
        GuardLine line = guard;
        if (line != null) {
            line.close();
        }
    }
}
