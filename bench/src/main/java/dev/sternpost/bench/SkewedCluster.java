package dev.sternpost.bench;

import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.NetworkId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A cluster that has grown crooked: the first hosts carry far more than the last. VMs are of the usual sizes, most of them idle and a few
 * busy. Rules hold to begin with, so that a pass over it is about balance.
 */
final class SkewedCluster {
    private static final long GIB = 1L << 30;
    private static final int CPU_MHZ = 2_500;
    private static final int HOST_CPUS = 64;
    private static final long HOST_MEMORY = 512 * GIB;

    /** How full the average host's memory is. */
    private static final double MEMORY_USE = 0.6;

    /** How busy the average host's CPU is. */
    private static final double CPU_USE = 0.55;

    private final Random random;
    private final ClusterShape shape;
    private final List<DrsHost> hosts = new ArrayList<>();
    private final List<DrsVm> vms = new ArrayList<>();
    private final List<Pool> pools = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();

    private SkewedCluster(ClusterShape shape, long seed) {
        this.shape = shape;
        this.random = new Random(seed);
    }

    static DrsSnapshot make(ClusterShape shape, long seed) {
        SkewedCluster cluster = new SkewedCluster(shape, seed);
        cluster.addHosts();
        cluster.addPools();
        cluster.addVms();
        cluster.addRules();
        return new DrsSnapshot(1_000_000, cluster.hosts, cluster.vms, cluster.pools, cluster.rules);
    }

    private void addHosts() {
        for (int number = 1; number <= shape.hosts(); number++) {
            hosts.add(new DrsHost(
                    HostId.of(number),
                    "host-" + number,
                    HostCondition.NORMAL,
                    HOST_CPUS,
                    (long) HOST_CPUS * CPU_MHZ,
                    HOST_MEMORY,
                    List.of(DatastoreId.of(1)),
                    List.of(NetworkId.of(1))));
        }
    }

    private void addPools() {
        pools.add(Pool.root(ResourcePoolId.of(1), "Resources"));
        for (int number = 2; number <= shape.pools(); number++) {
            // Some lie in one of the first ten.
            int parent = number > 11 && random.nextInt(2) == 0 ? 2 + random.nextInt(10) : 1;
            Allocation share = Allocation.ofShares(2_000L << random.nextInt(3));
            pools.add(new Pool(
                    ResourcePoolId.of(number), "pool-" + number, ResourcePoolId.of(parent), share, true, share, true));
        }
    }

    private void addVms() {
        double[] sizes = new double[shape.vms()];
        double[] busy = new double[shape.vms()];
        double sizeSum = 0;
        double busySum = 0;
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = 1 << random.nextInt(5);
            busy[i] = Math.exp(1.2 * random.nextGaussian());
            sizeSum += sizes[i];
            busySum += busy[i];
        }
        double bytes = MEMORY_USE * shape.hosts() * HOST_MEMORY / sizeSum;
        double mhz = CPU_USE * shape.hosts() * HOST_CPUS * CPU_MHZ / busySum;
        long[] free = new long[shape.hosts()];
        Arrays.fill(free, HOST_MEMORY);
        for (int i = 0; i < sizes.length; i++) {
            long memory = (long) (sizes[i] * bytes) >> 20 << 20;
            int host = hostFor(memory, free);
            free[host] -= memory + DrsVm.OVERHEAD_BYTES;
            vms.add(vm(i + 1, host, memory, busy[i] * mhz));
        }
    }

    private int hostFor(long memory, long[] free) {
        int host = (int) (shape.hosts() * Math.pow(random.nextDouble(), 1.5));
        int tried = 0;
        while (free[host] < memory + DrsVm.OVERHEAD_BYTES && tried++ < shape.hosts()) {
            host = (host + 1) % shape.hosts();
        }
        return host;
    }

    private DrsVm vm(int number, int host, long memory, double cpu) {
        int cpuCount = Math.clamp((int) Math.ceil(cpu / CPU_MHZ), 1, HOST_CPUS / 4);
        double used = Math.min(cpu, (double) cpuCount * CPU_MHZ);
        long reserved = random.nextDouble() < shape.reserved() ? (long) (used / 2) : 0;
        return new DrsVm(
                VirtualMachineId.of(number),
                "vm-" + number,
                hosts.get(host).id(),
                true,
                ResourcePoolId.of(1 + random.nextInt(shape.pools())),
                cpuCount,
                memory,
                new Allocation(reserved, Allocation.UNLIMITED, Allocation.CPU_SHARES_NORMAL * cpuCount),
                Allocation.normalMemory(memory),
                new VmDemand(used, used * 1.2, memory),
                List.of(DatastoreId.of(1)),
                List.of(NetworkId.of(1)),
                VmMobility.free(2 + memory / (1.0 * GIB), 50));
    }

    private void addRules() {
        List<List<DrsVm>> byHost = new ArrayList<>();
        hosts.forEach(host -> byHost.add(new ArrayList<>()));
        for (DrsVm vm : vms) {
            byHost.get((int) Math.max(0, vm.hostId() == null ? 0 : vm.hostId().number() - 1))
                    .add(vm);
        }
        for (int number = 0; number < shape.rules(); number++) {
            String name = "rule-" + number;
            switch (number % 4) {
                case 0, 1 -> rules.add(new Rule.KeepApart(name, true, onDifferentHosts(byHost)));
                case 2 ->
                    rules.add(new Rule.KeepTogether(name, true, someOf(byHost.get(random.nextInt(hosts.size())))));
                default -> rules.add(groupRule(name, byHost));
            }
        }
    }

    private List<VirtualMachineId> onDifferentHosts(List<List<DrsVm>> byHost) {
        List<VirtualMachineId> members = new ArrayList<>();
        int start = random.nextInt(hosts.size());
        for (int i = 0; i < 2 + random.nextInt(4); i++) {
            List<DrsVm> there = byHost.get((start + 7 * i) % hosts.size());
            if (!there.isEmpty()) {
                members.add(there.get(random.nextInt(there.size())).id());
            }
        }
        return members.size() < 2
                ? List.of(vms.get(0).id(), vms.get(vms.size() - 1).id())
                : members;
    }

    private List<VirtualMachineId> someOf(List<DrsVm> there) {
        int first = random.nextInt(Math.max(1, there.size() - 3));
        return there.subList(first, Math.min(there.size(), first + 2 + random.nextInt(2))).stream()
                .map(DrsVm::id)
                .toList();
    }

    private Rule groupRule(String name, List<List<DrsVm>> byHost) {
        int from = random.nextInt(hosts.size());
        int width = hosts.size() / 4;
        List<VirtualMachineId> members = new ArrayList<>();
        List<HostId> group = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            int host = (from + i) % hosts.size();
            group.add(hosts.get(host).id());
            if (members.size() < 10 && !byHost.get(host).isEmpty()) {
                members.add(byHost.get(host).getFirst().id());
            }
        }
        return new Rule.VmHost(
                name,
                true,
                Rule.Affinity.RUN_ON,
                random.nextBoolean() ? Rule.Strength.MUST : Rule.Strength.SHOULD,
                members,
                group);
    }
}
