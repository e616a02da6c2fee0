package dev.sternpost.ha.host;

import dev.sternpost.ha.coordinator.Coordinator;
import dev.sternpost.ha.coordinator.HostVerdict;
import dev.sternpost.ha.coordinator.Surroundings;
import dev.sternpost.ha.lease.CoordinatorLease;
import dev.sternpost.ha.lease.Terms;
import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.message.Sighting;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.IsolationResponse;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening.Kind;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.restart.RestartItem;
import dev.sternpost.ha.restart.RestartPlacement;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the agent of a host does for high availability: heartbeats, the host's virtual machines, the isolation response, and its part in being
 * or becoming coordinator. Runs on one thread, one input after the other.
 */
public final class HostMachine {
    /** So many of those that could become coordinator watch the other hosts' leases already. */
    private static final int STANDBYS = 3;

    private final HostId self;
    private final Coordinator coordinator;

    public HostMachine(HostId self, RestartPlacement placement) {
        this.self = Objects.requireNonNull(self, "self");
        this.coordinator = new Coordinator(placement);
    }

    /**
     * The machine's state.
     *
     * @param incarnation rises with each start of the agent
     * @param sequence of the last heartbeat
     * @param beatMillis when to send the next heartbeat
     */
    public record State(
            ClusterConfig config,
            long incarnation,
            long sequence,
            long beatMillis,
            Network network,
            LocalState local,
            CoordinatorLease.State lease,
            Coordinator.State coordinator) {

        /** Whether this host is the coordinator. */
        public boolean isCoordinator() {
            return lease.holds();
        }

        /** The highest coordinator's term that is believed. */
        public long termMax() {
            return lease.terms().max();
        }

        /** Rises each time the lease is lost; 0 as long as the guard has not told this agent of it. */
        public long leaseEpoch() {
            return local.epoch();
        }

        /**
         * Whether a virtual machine may be let go now that was begun under a lease of that epoch. Whoever starts one here without this machine,
         * or takes one over by live migration, asks when he begins, and again at the last moment: between, everything may have been stopped,
         * and it may run elsewhere.
         */
        public boolean mayRun(long epoch, long atMillis) {
            return local.epoch() == epoch && local.leaseHeld(atMillis);
        }

        /** Whether it hears nobody. */
        public boolean isIsolated() {
            return network.isolated();
        }

        /** The other hosts that it heard lately. */
        public SortedSet<HostId> heard(long atMillis) {
            return new TreeSet<>(network.lately(config.timing(), atMillis).keySet());
        }

        /** The protected virtual machines of this host. */
        public List<VmEntry> entries() {
            return local.entries();
        }

        /** What is thought of each host; worth something only where {@link #isCoordinator()}. */
        public SortedMap<HostId, HostVerdict> verdicts() {
            return coordinator.verdicts();
        }

        /** What is being started again, where {@link #isCoordinator()}. */
        public SortedMap<VirtualMachineId, RestartItem> restarts() {
            return coordinator.items();
        }
    }

    /**
     * The agent starts: after it has read its host's table, settled live migrations that were under way (a guest that goes on after its lock was
     * taken back counts as executing), and killed every protected virtual machine that was made but does not execute.
     *
     * @param incarnation higher than any before
     * @param table what the host's table says; null when there is none
     * @param executing which of its virtual machines execute, and under which generation they were started
     */
    public State start(
            ClusterConfig config,
            long incarnation,
            @Nullable VmTable table,
            SortedMap<VirtualMachineId, Long> executing,
            long atMillis) {
        return new State(
                config,
                incarnation,
                0,
                atMillis,
                Network.start(atMillis),
                LocalState.restored(self, table, executing),
                CoordinatorLease.State.START,
                Coordinator.State.START);
    }

    /** One input. */
    public Step<State> step(State state, Input input) {
        Turn turn = new Turn(state, input.atMillis());
        turn.take(input);
        return turn.end();
    }

    private final class Turn {
        private final long at;
        private final List<Effect> effects = new ArrayList<>();
        private final LocalVms local;
        private final long incarnation;
        private ClusterConfig config;
        private long sequence;
        private long beatMillis;
        private Network network;
        private CoordinatorLease.State lease;
        private Coordinator.State coordination;

        Turn(State state, long at) {
            this.at = at;
            this.local = new LocalVms(self, state.local, effects);
            this.incarnation = state.incarnation;
            this.config = state.config;
            this.sequence = state.sequence;
            this.beatMillis = state.beatMillis;
            this.network = state.network;
            this.lease = state.lease;
            this.coordination = state.coordinator;
        }

        Step<State> end() {
            local.writeTable(at);
            return new Step<>(
                    new State(config, incarnation, sequence, beatMillis, network, local.state(), lease, coordination),
                    effects);
        }

        private HaTiming timing() {
            return config.timing();
        }

        void take(Input input) {
            switch (input) {
                case Input.Configured configured -> {
                    if (configured.config().version() > config.version()) {
                        config = configured.config();
                    }
                }
                case Input.Heard heard -> heard(heard.message());
                case Input.AddressAnswered ignored -> network = network.addressAnswered(at);
                default -> {}
            }
            local.take(input);
            if (input instanceof Input.Tick) {
                tick();
            }
            coordinate(input);
        }

        private void heard(Message message) {
            switch (message) {
                case Message.Heartbeat beat -> {
                    network = network.heard(beat, timing(), at);
                    heardOfTerm(beat.from(), beat.term());
                    beat.vms().values().forEach(local::seenElsewhere);
                }
                case Message.StartOrder order -> ordered(order);
                case Message.StartAnswer ignored -> {}
            }
        }

        private void heardOfTerm(HostId from, long term) {
            Step<CoordinatorLease.State> heard =
                    new CoordinatorLease(self, timing()).heardOfTerm(lease, from, term, at);
            lease = heard.state();
            effects.addAll(heard.effects());
        }

        private void ordered(Message.StartOrder order) {
            heardOfTerm(order.from(), order.term());
            Terms terms = lease.terms();
            if (order.term() < terms.max() || !terms.maySay(order.term())) {
                refuse(
                        order,
                        order.term() < terms.max()
                                ? "there is a coordinator of a later term"
                                : "there can be no coordinator of that term");
                return;
            }
            local.start(order.vmId(), order.expected(), order.generation(), order.from(), at);
        }

        private void refuse(Message.StartOrder order, String why) {
            effects.add(new Effect.Send(
                    order.from(),
                    new Message.StartAnswer(
                            self, order.vmId(), order.generation(), Message.Outcome.REFUSED, order.expected(), why)));
        }

        private void tick() {
            if (at >= beatMillis) {
                beatMillis = at + timing().heartbeatMillis();
                sequence++;
                Message.Heartbeat beat = ownBeat(coordination.sightings(timing(), at));
                for (HostId host : config.hosts().keySet()) {
                    if (!host.equals(self)) {
                        effects.add(new Effect.Send(host, beat));
                    }
                }
                if (network.isQuiet(timing(), at)) {
                    effects.add(new Effect.PingIsolationAddresses());
                }
                isolation();
                effects.add(new Effect.TellGuard(network.isolated()));
            }
        }

        private Message.Heartbeat ownBeat(SortedMap<HostId, Sighting> silent) {
            LocalState now = local.state();
            TreeMap<VirtualMachineId, VmEntry> entries = new TreeMap<>();
            for (LocalVm vm : now.vms().values()) {
                entries.put(vm.vmId(), vm.entry());
            }
            return new Message.Heartbeat(
                    self, incarnation, sequence, lease.terms().max(), now.leaseHeld(at), entries, silent);
        }

        private void isolation() {
            boolean deaf = config.hosts().size() > 1 && network.hearsNobody(timing(), at);
            if (deaf && isAlone()) {
                network = network.withAlone(at);
            }
            boolean isolated = deaf && network.isCutOff(timing(), at);
            if (isolated != network.isolated()) {
                network = network.withIsolated(isolated);
                effects.add(
                        isolated
                                ? Effect.tell(Kind.ISOLATED, "hears no other host and no isolation address")
                                : Effect.tell(
                                        Kind.ISOLATION_OVER,
                                        deaf ? "no other host is left to be cut off from" : "hears others again"));
            }
            network = network.withLeader(isolated ? leader() : Optional.empty(), at);
            if (isolated && config.armed() && somebodyWouldRestart()) {
                for (VirtualMachineId vmId : local.running()) {
                    ProtectedVm vm = config.vms().get(vmId);
                    IsolationResponse response = vm == null ? IsolationResponse.LEAVE_ON : vm.isolation();
                    switch (response) {
                        case LEAVE_ON -> {}
                        case SHUT_DOWN -> local.stop(vmId, true, at);
                        case POWER_OFF -> local.stop(vmId, false, at);
                    }
                }
            }
        }

        /** Who hears nobody because nobody is left is not isolated: if it does not decide, nobody does. */
        private boolean isAlone() {
            return others().allMatch(host -> coordination.isDown(host, timing(), at));
        }

        private Stream<HostId> others() {
            return config.hosts().keySet().stream().filter(host -> !host.equals(self));
        }

        /** Another host that is seen to decide, and to be in a state to. */
        private Optional<HostId> leader() {
            return lease.leader(self, timing(), at).filter(host -> coordination.isUp(host, timing(), at));
        }

        /**
         * When no other host is coordinator, or none can be given what runs here, to stop it would start it nowhere. Where a whole network failed,
         * whoever decides is cut off too and about to resign, be it that it was the last one for a while: it is given the time to find out.
         */
        private boolean somebodyWouldRestart() {
            long known = network.leaderSinceMillis() + timing().isolationMillis() + 2 * timing().silenceMillis();
            return network.leader().isPresent()
                    && at >= known
                    && others().anyMatch(host ->
                            Objects.requireNonNull(config.hosts().get(host)).open()
                                    && coordination.isUp(host, timing(), at));
        }

        private void coordinate(Input input) {
            boolean concerns = Coordinator.concerns(input);
            if (!concerns && input instanceof Input.Heard) {
                return;
            }
            TreeMap<HostId, Message.Heartbeat> lately = network.lately(timing(), at);
            int rank = rank(lately);
            CoordinatorLease machine = new CoordinatorLease(self, timing());
            boolean held = lease.holds();
            Step<CoordinatorLease.State> led = machine.step(lease, input, rank);
            lease = led.state();
            effects.addAll(led.effects());
            if (held && !lease.holds()) {
                coordination = coordinator.retired(coordination);
            } else if (!held && lease.holds()) {
                effects.addAll(coordinator.elected(coordination));
            }
            // Only the look goes on time; what was asked for must always be told, or nobody asks again.
            boolean deaf = local.state().leaseHeld(at) && network.isQuiet(timing(), at);
            boolean looks = deaf || (rank >= 0 && (rank < STANDBYS || lease.holds()));
            if (looks || (concerns && !(input instanceof Input.Tick))) {
                lately.put(self, ownBeat(Collections.emptySortedMap()));
                Step<Coordinator.State> acted = coordinator.step(
                        coordination, input, new Surroundings(self, config, lease.holds() ? lease.term() : -1, lately));
                coordination = acted.state();
                effects.addAll(acted.effects());
            }
        }

        /** How many that are heard come before this host as coordinator; negative when it cannot be one. */
        private int rank(SortedMap<HostId, Message.Heartbeat> lately) {
            if (!local.state().leaseHeld(at)
                    || network.isolated()
                    || !config.hosts().containsKey(self)) {
                return -1;
            }
            int rank = 0;
            for (Message.Heartbeat beat : lately.values()) {
                rank += beat.leaseHeld() && beat.from().compareTo(self) < 0 ? 1 : 0;
            }
            return rank;
        }
    }
}
