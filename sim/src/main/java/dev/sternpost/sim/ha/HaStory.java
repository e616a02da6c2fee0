package dev.sternpost.sim.ha;

import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.IsolationResponse;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.policy.Readiness;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.port.Happening;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.sim.kernel.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A story of a cluster, told in two texts. What there is:
 *
 * <pre>{@code
 * host 1 16              number and GiB of memory; "no watchdog" behind it if it has none
 * vm 7 1 4 HIGH          number, host that starts it, GiB, priority; behind it any of: isolation POWER_OFF, ready GUEST_HEARTBEAT 10,
 *                        ready POWERED_ON 10 (seconds), after 5,6 (virtual machines it depends on)
 * no image locks         the leases must do alone
 * patient                slower times
 * }</pre>
 *
 * What happens, each line with its moment as minutes and seconds; virtual machines are started before:
 *
 * <pre>{@code
 * 1:00 crash 1           power cut            1:00 boot 1
 * 1:00 freeze 1 20       the machine stands still for 20 s; "pause agent 1 20" and "pause guard 1 20" only that program
 * 1:00 ambush 1 20       it stands still for 20 s as soon as it makes a virtual machine
 * 1:00 kill agent 1      comes back in seconds; likewise "kill guard 1"
 * 1:00 cut 1             its network; "cut 1 2" only from 1 to 2; "split 1,2" those apart from the rest; "mend" all links
 * 1:00 path 1 cut        its way to the datastore; "path 1 whole"
 * 1:00 server 1 cut       the server does not reach it, others do; "server 1 whole"
 * 1:00 stall 10          the datastore, for 10 s; "full", "not full", "torn 1" the next write of host 1
 * 1:00 noise 5 2 200     per cent lost, per cent doubled, delay up to so many ms; "slow 300 20" datastore ms, per cent of stale reads
 * 1:00 lie 1             its next start is reported, though nothing was started
 * 1:00 numbers 1          it gives terms, versions and incarnations that cannot be; "honest 1" not any more
 * 1:00 jump 1 3600       its wall clock; "drift 1 300" millionths its monotonic one runs too fast
 * 1:00 vm 7 crashes      or "vm 7 shuts down"; "vm 7 off" and "vm 7 on 2" are the server's orders
 * 1:00 move 7 2          live migration, begun then
 * 1:00 vm 7 suspended 5  the server has it suspended, which takes 5 s; "on" wakes it up
 * 1:00 disarm            or "arm"; "disable" and "enable" switch all of it off and on
 * 1:00 leave 2           the host is emptied and leaves the cluster; "join 2" brings it back
 * 1:00 starts 40         from now on it takes up to 40 s to make a virtual machine's process
 * 1:00 heal              everything mended, machines that are off switched on
 * 1:00 settled           says what is not as it should be
 * }</pre>
 */
public final class HaStory {
    private static final long GIB = 1L << 30;

    /** Starting: leases, a coordinator, and the virtual machines. */
    static final int WARM_UP_SECONDS = 60;

    private final Simulation simulation;
    private final HaCluster cluster;

    /** Begins a story. */
    public HaStory(long seed, List<String> datacenter, Defect defect) {
        this.simulation = new Simulation(seed);
        List<MemberHost> hosts = new ArrayList<>();
        List<ProtectedVm> vms = new ArrayList<>();
        TreeMap<Integer, Boolean> watchdogs = new TreeMap<>();
        TreeMap<VirtualMachineId, Integer> first = new TreeMap<>();
        boolean imageLocks = true;
        HaTiming timing = HaTiming.DEFAULT;
        for (String line : datacenter) {
            String[] words = line.strip().split(" +", -1);
            switch (words[0]) {
                case "host" -> {
                    int number = Integer.parseInt(words[1]);
                    hosts.add(new MemberHost(
                            HostId.of(number), Long.parseLong(words[2]) * GIB, 100_000, true, line.contains("spare")));
                    watchdogs.put(number, !line.contains("no watchdog"));
                }
                case "vm" -> {
                    ProtectedVm vm = vm(words);
                    vms.add(vm);
                    first.put(vm.vmId(), Integer.parseInt(words[2]));
                }
                case "no" -> imageLocks = false;
                case "patient" -> timing = HaTiming.PATIENT;
                case "" -> {}
                default -> throw new IllegalArgumentException("not in a datacenter: " + line);
            }
        }
        this.cluster = new HaCluster(simulation, ClusterConfig.of(1, timing, hosts, vms), imageLocks, defect);
        watchdogs.forEach(cluster::addHost);
        cluster.hosts.values().forEach(cluster::boot);
        first.forEach((vm, host) -> simulation.after(
                Duration.ofSeconds(30), "power on", () -> cluster.orders.powerOn(cluster.host(host), vm)));
    }

    private static ProtectedVm vm(String[] words) {
        ProtectedVm vm = ProtectedVm.usual(
                        VirtualMachineId.of(Long.parseLong(words[1])), Long.parseLong(words[3]) * GIB)
                .withPriority(RestartPriority.valueOf(words[4]));
        for (int i = 5; i < words.length; i++) {
            switch (words[i]) {
                case "isolation" -> vm = vm.withIsolation(IsolationResponse.valueOf(words[++i]));
                case "ready" -> {
                    Readiness.Condition condition = Readiness.Condition.valueOf(words[++i]);
                    vm = vm.withReadiness(new Readiness(condition, 1_000 * Long.parseLong(words[++i])));
                }
                case "after" ->
                    vm = vm.withDependsOn(Arrays.stream(words[++i].split(",", -1))
                            .map(number -> VirtualMachineId.of(Long.parseLong(number)))
                            .toList());
                default -> throw new IllegalArgumentException("not of a virtual machine: " + words[i]);
            }
        }
        return vm;
    }

    /** Plays a script, and says what happened, line by line. */
    public String play(List<String> script) {
        run(script);
        return simulation.trace().text();
    }

    /** Plays a script. */
    public void run(List<String> script) {
        long now = 0;
        for (String line : script) {
            if (line.isBlank()) {
                continue;
            }
            String[] parts = line.strip().split(" ", 2);
            String[] moment = parts[0].split(":", -1);
            long then = 1_000 * (60 * Long.parseLong(moment[0]) + Long.parseLong(moment[1]));
            pass(then - now);
            now = then;
            if (!parts[1].equals("end")) {
                simulation.say("-- " + parts[1]);
                happen(parts[1].split(" ", -1));
                simulation.run(Duration.ZERO);
            }
        }
    }

    /** In small parts, since a run of the simulation is bounded. */
    private void pass(long millis) {
        for (long left = millis; left > 0; left -= 1_000) {
            simulation.run(Duration.ofMillis(Math.min(left, 1_000)));
        }
    }

    private void happen(String[] words) {
        switch (words[0]) {
            case "crash" -> cluster.crash(host(words[1]));
            case "boot" -> cluster.boot(host(words[1]));
            case "freeze" -> cluster.freeze(host(words[1]), seconds(words[2]));
            case "ambush" -> host(words[1]).freezeOnCreateMillis = seconds(words[2]);
            case "pause" -> cluster.pause(host(words[2]), program(words[1], host(words[2])), seconds(words[3]));
            case "kill" -> kill(words[1], host(words[2]));
            case "cut" -> cut(words);
            case "split" -> split(words[1]);
            case "mend" -> cluster.network.mend();
            case "path" -> path(host(words[1]), words[2].equals("cut"));
            case "server" -> host(words[1]).serverCut = words[2].equals("cut");
            case "stall" -> cluster.disk.stall(seconds(words[1]));
            case "full" -> cluster.disk.full(true);
            case "not" -> cluster.disk.full(false);
            case "torn" -> cluster.disk.tearNextWriteOf(host(words[1]).number);
            case "noise" ->
                cluster.network.quality(
                        Integer.parseInt(words[1]) / 100.0,
                        Integer.parseInt(words[2]) / 100.0,
                        Integer.parseInt(words[3]));
            case "slow" -> cluster.disk.quality(Integer.parseInt(words[1]), Integer.parseInt(words[2]) / 100.0);
            case "lie" -> host(words[1]).liesOnce = true;
            case "numbers" -> host(words[1]).liar = new Liar(simulation.random());
            case "honest" -> host(words[1]).liar = null;
            case "jump" -> host(words[1]).clock.jump(seconds(words[2]));
            case "drift" -> host(words[1]).clock.drift(Integer.parseInt(words[2]));
            case "vm" -> vm(VirtualMachineId.of(Long.parseLong(words[1])), words);
            case "move" -> cluster.orders.move(VirtualMachineId.of(Long.parseLong(words[1])), host(words[2]));
            case "disarm" -> cluster.configs.arm(false);
            case "arm" -> cluster.configs.arm(true);
            case "disable" -> cluster.configs.disable();
            case "enable" -> cluster.configs.enable();
            case "leave" -> new Maintenance(cluster).leave(host(words[1]));
            case "join" -> cluster.configs.open(host(words[1]));
            case "starts" -> cluster.createMillisMax = (int) seconds(words[1]);
            case "heal" -> heal();
            case "settled" -> sayWhatIsNotSettled();
            default -> throw new IllegalArgumentException("does not happen: " + String.join(" ", words));
        }
    }

    private HaHost host(String number) {
        return cluster.host(Integer.parseInt(number));
    }

    private static Program program(String name, HaHost host) {
        return name.equals("guard") ? host.guard : host.agent;
    }

    private static long seconds(String word) {
        return 1_000 * Long.parseLong(word);
    }

    private void kill(String name, HaHost host) {
        if (host.powered) {
            program(name, host).ends();
            if (name.equals("guard")) {
                cluster.startGuard(host);
            } else {
                cluster.startAgent(host);
            }
        }
    }

    private void cut(String[] words) {
        if (words.length > 2) {
            cluster.network.cut(Integer.parseInt(words[1]), Integer.parseInt(words[2]), true);
        } else {
            apart(List.of(Integer.parseInt(words[1])), true);
        }
    }

    private void split(String numbers) {
        apart(Arrays.stream(numbers.split(",", -1)).map(Integer::parseInt).toList(), false);
    }

    /** Host 0 is the gateway. */
    private void apart(List<Integer> these, boolean alsoFromGateway) {
        List<Integer> all = new ArrayList<>(cluster.hosts.keySet());
        if (alsoFromGateway) {
            all.add(0);
        }
        for (int one : these) {
            for (int other : all) {
                if (!these.contains(other)) {
                    cluster.network.cut(one, other, true);
                    cluster.network.cut(other, one, true);
                }
            }
        }
    }

    private void path(HaHost host, boolean cut) {
        cluster.disk.cut(host.number, cut);
        host.pathCutSinceMillis = cut ? simulation.millis() : -1;
    }

    private void vm(VirtualMachineId vm, String[] words) {
        switch (words[2]) {
            case "shuts" -> vmEnds(vm, true);
            case "crashes" -> vmEnds(vm, false);
            case "off" -> cluster.runner(vm).ifPresent(host -> cluster.orders.powerOff(host, vm));
            case "suspended" ->
                cluster.runner(vm).ifPresent(host -> cluster.orders.suspend(host, vm, seconds(words[3])));
            case "on" -> cluster.orders.powerOn(host(words[3]), vm);
            default -> throw new IllegalArgumentException("does not happen: " + String.join(" ", words));
        }
    }

    private void vmEnds(VirtualMachineId vm, boolean intended) {
        cluster.runner(vm)
                .ifPresent(host ->
                        cluster.vmEnds(host, vm, intended, intended ? "shut down by its guest" : "its process ended"));
    }

    private void heal() {
        cluster.network.mend();
        cluster.network.quality(0, 0, 5);
        cluster.disk.mend();
        cluster.createMillisMax = HaCluster.CREATE_MILLIS_MAX;
        for (HaHost host : cluster.hosts.values()) {
            host.pathCutSinceMillis = -1;
            host.clock.drift(0);
            host.liar = null;
            host.serverCut = false;
            if (!host.powered) {
                cluster.boot(host);
            }
        }
    }

    private void sayWhatIsNotSettled() {
        List<String> unsettled = cluster.unsettled();
        simulation.say(unsettled.isEmpty() ? "all is as it should be" : String.join("; ", unsettled));
    }

    /** What is not as it should be now; empty when nothing is. */
    public List<String> unsettled() {
        return cluster.unsettled();
    }

    /** How often something happened so far. */
    public int count(Happening.Kind kind) {
        return cluster.count(kind);
    }

    /** When something of a kind happened first of which the words begin so, in milliseconds from the beginning. */
    public OptionalLong firstMillis(Happening.Kind kind, String words) {
        return cluster.moments.stream()
                .filter(moment -> moment.happening().kind() == kind)
                .filter(moment -> moment.happening().words().startsWith(words))
                .mapToLong(HaCluster.Moment::millis)
                .findFirst();
    }

    /** Everything that happened so far. */
    public String told() {
        return simulation.trace().text();
    }

    /** Tells two tellings apart. */
    public String hash() {
        return simulation.trace().hash();
    }
}
