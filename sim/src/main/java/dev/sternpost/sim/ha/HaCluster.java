package dev.sternpost.sim.ha;

import dev.sternpost.failover.PlannedRestarts;
import dev.sternpost.ha.coordinator.HostVerdict;
import dev.sternpost.ha.host.Guard;
import dev.sternpost.ha.host.HostMachine;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.sim.kernel.HostClock;
import dev.sternpost.sim.kernel.Invariant;
import dev.sternpost.sim.kernel.Network;
import dev.sternpost.sim.kernel.SharedDisk;
import dev.sternpost.sim.kernel.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The hosts of one cluster with everything around them; carries out what the machines want done. */
public final class HaCluster {
    static final int CREATE_MILLIS_MAX = 1_500;
    private static final int KILL_MILLIS_MAX = 600;
    private static final int SHUT_DOWN_MILLIS_MAX = 8_000;
    private static final int GUEST_UP_MILLIS_MAX = 15_000;
    private static final int PROGRAM_STARTS_MILLIS_MAX = 3_000;

    final Simulation simulation;
    final Network network;
    final SharedDisk disk;
    final Defect defect;
    final boolean imageLocks;
    final TreeMap<Integer, HaHost> hosts = new TreeMap<>();
    final VmLocks locks;
    final ServerOrders orders = new ServerOrders(this);
    final Effects effects = new Effects(this);
    final List<Moment> moments = new ArrayList<>();
    private final HostMachine[] machines;
    private final Guard[] guards;
    final Configs configs;
    private final SortedMap<HostId, MemberHost> firstMembers;
    private boolean ownersChanged;

    /** How long it takes at most to make a virtual machine's process. */
    int createMillisMax = CREATE_MILLIS_MAX;

    /** Something that happened, and when. */
    record Moment(long millis, Happening happening) {}

    /**
     * @param imageLocks whether disk images are locked, besides everything else; without, the leases must do alone
     * @param defect what is broken on purpose
     */
    public HaCluster(Simulation simulation, ClusterConfig config, boolean imageLocks, Defect defect) {
        this.simulation = simulation;
        this.configs = new Configs(this, simulation, config);
        this.firstMembers = config.hosts();
        this.imageLocks = imageLocks && defect != Defect.NO_IMAGE_LOCKS;
        this.defect = defect;
        this.network = new Network(simulation);
        this.disk = new SharedDisk(simulation);
        this.locks = new VmLocks(defect);
        int size = config.hosts().size();
        machines = new HostMachine[size + 1];
        guards = new Guard[size + 1];
        HaTiming guardTiming = defect == Defect.GUARD_TOO_PATIENT ? HaTiming.PATIENT : config.timing();
        for (int number = 1; number <= size; number++) {
            machines[number] = new HostMachine(HostId.of(number), new PlannedRestarts(List.of()));
            guards[number] = new Guard(HostId.of(number), guardTiming);
        }
        simulation.holds(new Invariant("one owner of each virtual machine", this::runsTwice));
    }

    /** Adds a machine, which is off. */
    void addHost(int number, boolean hasWatchdog) {
        HostClock clock = new HostClock(simulation::millis, simulation.random().between(0, 1_000_000));
        hosts.put(number, new HaHost(number, clock, hasWatchdog && defect != Defect.NO_WATCHDOG, config()));
    }

    ClusterConfig config() {
        return configs.newest();
    }

    long memoryOf(HaHost host) {
        return Objects.requireNonNull(firstMembers.get(host.id)).memoryBytes();
    }

    HaHost host(int number) {
        return Objects.requireNonNull(hosts.get(number), "no host " + number);
    }

    Optional<HaHost> host(HostId id) {
        return Optional.ofNullable(hosts.get((int) id.number()));
    }

    /** Another one executes now: what was true of owners may be no longer. */
    void executesMore() {
        ownersChanged = true;
    }

    private Optional<String> runsTwice() {
        if (!ownersChanged) {
            return Optional.empty();
        }
        ownersChanged = false;
        TreeMap<VirtualMachineId, HaHost> owners = new TreeMap<>();
        for (HaHost host : hosts.values()) {
            for (VirtualMachineId vm : host.qemus.keySet()) {
                if (host.executes(vm)) {
                    HaHost other = owners.put(vm, host);
                    if (other != null) {
                        return Optional.of(vm + " runs on " + other + " and on " + host);
                    }
                }
            }
        }
        return Optional.empty();
    }

    // ---- machines and programs --------------------------------------------------------------------------------------

    /** Switches a machine on; its guard and agent come up soon. */
    void boot(HaHost host) {
        host.powered = true;
        host.boots++;
        host.frozen = false;
        host.known = new Effect.LeaseIs(0, 0);
        host.watchdogAtMillis = Long.MAX_VALUE;
        host.agent.up = true;
        if (host.takesPart) {
            takePart(host);
        }
    }

    /** Its guard and its agent start. */
    void takePart(HaHost host) {
        host.takesPart = true;
        startGuard(host);
        startAgent(host);
    }

    /** Everything on it is gone at once. */
    void crash(HaHost host) {
        host.powered = false;
        host.guard.ends();
        host.agent.ends();
        host.qemus.clear();
    }

    void startGuard(HaHost host) {
        host.guard.begins();
        host.guardState = null;
        int life = host.guard.life;
        simulation.after(startDelay(), "guard starts", () -> {
            if (host.guard.life == life) {
                Step<Guard.State> step =
                        guards[host.number].start(++host.guardIncarnation, host.known, host.clock.millis());
                host.guardState = step.state();
                effects.carryOut(host, host.guard, step.effects());
                tick(host, host.guard, life);
            }
        });
    }

    void startAgent(HaHost host) {
        host.agent.begins();
        host.agentState = null;
        readOwnTable(host, host.agent.life);
    }

    private void readOwnTable(HaHost host, int life) {
        simulation.after(startDelay(), "agent starts", () -> {
            if (host.agent.life == life) {
                disk.read(host.number, VmTable.slotOf(host.id), answer -> {
                    if (host.agent.life != life) {
                        return;
                    }
                    if (answer.isEmpty() || isPaused(host, host.agent)) {
                        readOwnTable(host, life);
                    } else {
                        VmTable table = answer.get().flatMap(VmTable::decode).orElse(null);
                        orders.recover(host, life, () -> beginAgent(host, life, table));
                    }
                });
            }
        });
    }

    private void beginAgent(HaHost host, int life, @Nullable VmTable table) {
        host.qemus.values().removeIf(qemu -> !qemu.executing && !qemu.incoming);
        host.agentState = machines[host.number].start(
                host.config, ++host.agentIncarnation, table, host.executing(), host.clock.millis());
        tick(host, host.agent, life);
        // Guests say again and again that they are up.
        host.executing().keySet().forEach(vm -> effects.guestUpSoon(host, vm));
    }

    private Duration startDelay() {
        return Duration.ofMillis(simulation.random().between(200, PROGRAM_STARTS_MILLIS_MAX));
    }

    private void tick(HaHost host, Program program, int life) {
        if (program.life != life) {
            return;
        }
        if (!isPaused(host, program)) {
            deliver(host, program, life, Input.Tick::new);
        }
        simulation.after(Duration.ofMillis(HaTiming.TICK_MILLIS), "tick", () -> tick(host, program, life));
    }

    boolean isPaused(HaHost host, Program program) {
        return host.frozen || simulation.millis() < program.pausedUntilMillis;
    }

    /** The whole machine stands still; its clock does not. */
    void freeze(HaHost host, long millis) {
        host.frozen = true;
        int boots = host.boots;
        simulation.after(Duration.ofMillis(millis), "thaw", () -> {
            if (host.powered && host.boots == boots) {
                host.frozen = false;
                executesMore();
                say(host, "goes on");
                drain(host, host.guard);
                drain(host, host.agent);
            }
        });
    }

    void pause(HaHost host, Program program, long millis) {
        program.pausedUntilMillis = simulation.millis() + millis;
        int life = program.life;
        simulation.after(Duration.ofMillis(millis), "wakes", () -> {
            if (program.life == life) {
                drain(host, program);
            }
        });
    }

    private void drain(HaHost host, Program program) {
        int life = program.life;
        while (program.life == life && !isPaused(host, program) && !program.waiting.isEmpty()) {
            process(host, program, program.waiting.remove());
        }
    }

    /** Hands an input to a program, at once or when it wakes, unless it is another by then. */
    void deliver(HaHost host, Program program, int life, LongFunction<Input> input) {
        if (!host.powered || !program.up || program.life != life) {
            return;
        }
        if (isPaused(host, program)) {
            program.await(input);
        } else {
            process(host, program, input);
        }
    }

    private void process(HaHost host, Program program, LongFunction<Input> make) {
        Input input = make.apply(host.clock.millis());
        if (program == host.guard) {
            if (host.guardState != null) {
                Step<Guard.State> step = guards[host.number].step(host.guardState, input);
                host.guardState = step.state();
                effects.carryOut(host, program, step.effects());
            }
        } else if (host.agentState != null) {
            Step<HostMachine.State> step = machines[host.number].step(host.agentState, input);
            host.agentState = step.state();
            effects.carryOut(host, program, step.effects());
        }
    }

    // ---- virtual machines -------------------------------------------------------------------------------------------

    /** Where it executes. */
    Optional<HaHost> runner(VirtualMachineId vm) {
        return hosts.values().stream().filter(host -> host.executes(vm)).findFirst();
    }

    /** Its process ends by itself. */
    void vmEnds(HaHost host, VirtualMachineId vm, boolean intended, String reason) {
        if (host.qemus.remove(vm) != null) {
            if (intended) {
                locks.mayEnd(vm);
            }
            deliver(host, host.agent, host.agent.life, at -> new Input.VmGone(vm, intended, reason, at));
        }
    }

    /** Whether another process keeps the disk images. */
    boolean imagesLocked(HaHost host, VirtualMachineId vm) {
        if (!imageLocks) {
            return false;
        }
        return hosts.values().stream()
                .anyMatch(other -> other != host
                        && other.powered
                        && holdsImages(other, vm)
                        && !(other.pathCutSinceMillis >= 0
                                && simulation.millis() > other.pathCutSinceMillis + Effects.IMAGE_LOCK_LEASE_MILLIS));
    }

    private static boolean holdsImages(HaHost host, VirtualMachineId vm) {
        HaHost.Qemu qemu = host.qemus.get(vm);
        return qemu != null && qemu.holdsImages;
    }

    int createMillis() {
        return simulation.random().between(300, createMillisMax);
    }

    int killMillis() {
        return simulation.random().between(20, KILL_MILLIS_MAX);
    }

    int shutDownMillis() {
        return simulation.random().between(1_000, SHUT_DOWN_MILLIS_MAX);
    }

    int guestUpMillis() {
        return simulation.random().between(4_000, GUEST_UP_MILLIS_MAX);
    }

    // ---- what is seen -----------------------------------------------------------------------------------------------

    void say(HaHost host, String words) {
        simulation.say(host + " " + words);
    }

    void happened(HaHost host, Happening happening) {
        moments.add(new Moment(simulation.millis(), happening));
        say(host, happening.words());
    }

    int count(Happening.Kind kind) {
        return (int) moments.stream()
                .filter(moment -> moment.happening().kind() == kind)
                .count();
    }

    Optional<HaHost> coordinator() {
        return hosts.values().stream()
                .filter(host -> host.powered && host.agent.up)
                .filter(host -> host.agentState != null && host.agentState.isCoordinator())
                .findFirst();
    }

    /** What is not as it should be when all is well again; empty when nothing is. */
    public List<String> unsettled() {
        List<String> unsettled = new ArrayList<>();
        for (ProtectedVm vm : config().vms().values()) {
            long running =
                    hosts.values().stream().filter(h -> h.executes(vm.vmId())).count();
            if (running != (locks.isWanted(vm.vmId()) ? 1 : 0)) {
                unsettled.add(vm.vmId() + " runs " + running + " times, its lock says " + locks.of(vm.vmId()));
            }
        }
        Optional<HaHost> leader = coordinator();
        if (!configs.isOn()) {
            hosts.values().stream()
                    .filter(host -> host.takesPart)
                    .forEach(host -> unsettled.add(host + " takes part still"));
        } else if (leader.isEmpty()) {
            unsettled.add("nobody is coordinator");
        } else {
            HostMachine.State state = Objects.requireNonNull(leader.get().agentState);
            SortedMap<HostId, HostVerdict> verdicts = state.verdicts();
            verdicts.forEach((host, verdict) -> {
                boolean up = host(host).map(h -> h.powered).orElse(false);
                if (up != (verdict == HostVerdict.ALIVE)) {
                    unsettled.add(host + " is thought " + verdict);
                }
            });
            state.restarts().values().stream()
                    .filter(item -> locks.isWanted(item.vmId()))
                    .forEach(item -> unsettled.add("still to be restarted: " + item.vmId() + " " + item.stage() + " "
                            + item.expected() + " " + item.reason()));
        }
        return unsettled;
    }
}
