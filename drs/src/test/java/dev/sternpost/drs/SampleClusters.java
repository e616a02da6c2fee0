package dev.sternpost.drs;

import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.HostContention;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.NetworkId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.testkit.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Clusters for tests: small ones by hand, and drawn ones in which everything that can happen does. */
public final class SampleClusters {
    public static final long GIB = 1L << 30;
    public static final ResourcePoolId ROOT = ResourcePoolId.of(1);
    public static final DatastoreId SHARED = DatastoreId.of(1);
    public static final NetworkId NETWORK = NetworkId.of(1);
    public static final long NOW_SECONDS = 100_000;

    private static final int CPU_MHZ = 2_000;

    private SampleClusters() {}

    /** A host of 8 CPUs of 2 GHz and 32 GiB. */
    public static DrsHost host(int number) {
        return host(number, HostCondition.NORMAL, 8, 32 * GIB);
    }

    public static DrsHost host(int number, HostCondition condition, int cpuCount, long memoryBytes) {
        return new DrsHost(
                HostId.of(number),
                "host-" + number,
                condition,
                cpuCount,
                (long) cpuCount * CPU_MHZ,
                memoryBytes,
                List.of(SHARED),
                List.of(NETWORK));
    }

    /** A running VM of 4 CPUs and 2 GiB that migrates in 10 s. */
    public static DrsVm vm(int number, int host, double cpuMhz) {
        return vm(number, HostId.of(host), 2 * GIB, VmDemand.steady(cpuMhz, GIB), VmMobility.free(10, 50));
    }

    public static DrsVm vm(int number, @Nullable HostId host, long memoryBytes, VmDemand demand, VmMobility mobility) {
        return new DrsVm(
                VirtualMachineId.of(number),
                "vm-" + number,
                host,
                host != null,
                ROOT,
                4,
                memoryBytes,
                Allocation.normalCpu(4),
                Allocation.normalMemory(memoryBytes),
                demand,
                List.of(SHARED),
                List.of(NETWORK),
                mobility);
    }

    /** A cluster with only the root pool. */
    public static DrsSnapshot cluster(List<DrsHost> hosts, List<DrsVm> vms, Rule... rules) {
        return new DrsSnapshot(NOW_SECONDS, hosts, vms, List.of(Pool.root(ROOT, "Resources")), List.of(rules));
    }

    public static List<VirtualMachineId> vmIds(int... numbers) {
        return IntStream.of(numbers).mapToObj(VirtualMachineId::of).toList();
    }

    public static List<HostId> hostIds(int... numbers) {
        return IntStream.of(numbers).mapToObj(HostId::of).toList();
    }

    /** A cluster of any kind, in which no host is overfilled to begin with; rules may be broken. */
    public static DrsSnapshot draw(Generator random) {
        List<DrsHost> hosts = new ArrayList<>();
        int hostCount = random.sized(2, 12);
        for (int number = 1; number <= hostCount; number++) {
            hosts.add(drawHost(random, number));
        }
        List<Pool> pools = drawPools(random);
        long[] memoryLeft = hosts.stream().mapToLong(DrsHost::memoryBytes).toArray();
        long[] cpuLeft = hosts.stream().mapToLong(DrsHost::cpuMhz).toArray();
        List<DrsVm> vms = new ArrayList<>();
        for (int number = 1; number <= random.sized(1, 120); number++) {
            int host = (int) (hostCount * Math.pow(random.between(0.0, 1.0), random.chance(0.5) ? 1 : 3));
            DrsVm vm = drawVm(random, number, hosts, host, random.pick(pools).id());
            if (vm.poweredOn()) {
                memoryLeft[host] -= vm.memoryBytes() + DrsVm.OVERHEAD_BYTES;
                cpuLeft[host] -= vm.cpu().reservation();
                if (memoryLeft[host] < 0 || cpuLeft[host] < 0) {
                    break;
                }
            }
            vms.add(vm);
        }
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < random.sized(0, 8) && vms.size() > 4; i++) {
            rules.add(drawRule(random, "rule-" + i, vms, hosts));
        }
        return new DrsSnapshot(NOW_SECONDS, hosts, vms, pools, rules);
    }

    public static DrsPolicy drawPolicy(Generator random) {
        return DrsPolicy.standard()
                .withAutomation(random.pick(AutomationLevel.class))
                .withMigrationThreshold(random.between(1, 5))
                .withMovesMax(random.between(0, 60));
    }

    private static DrsHost drawHost(Generator random, int number) {
        int cpuCount = random.pick(List.of(4, 8, 16));
        return new DrsHost(
                HostId.of(number),
                "host-" + number,
                random.chance(0.75) ? HostCondition.NORMAL : random.pick(HostCondition.class),
                cpuCount,
                (long) cpuCount * CPU_MHZ,
                random.between(8L, 64L) * GIB,
                random.chance(0.9) ? List.of(SHARED) : List.of(SHARED, DatastoreId.of(2)),
                random.chance(0.9) ? List.of(NETWORK) : List.of(),
                random.chance(0.8)
                        ? HostContention.NONE
                        : new HostContention(random.between(0.0, 0.8), random.between(0.0, 0.8)));
    }

    private static List<Pool> drawPools(Generator random) {
        List<Pool> pools = new ArrayList<>(List.of(Pool.root(ROOT, "Resources")));
        for (int number = 2; number <= random.sized(1, 6); number++) {
            long limit = random.chance(0.2) ? random.between(1_000L, 20_000L) : Allocation.UNLIMITED;
            pools.add(new Pool(
                    ResourcePoolId.of(number),
                    "pool-" + number,
                    ResourcePoolId.of(random.between(1, number - 1)),
                    new Allocation(
                            random.chance(0.2) ? random.between(0L, 1_000L) : 0, limit, random.between(1L, 8_000L)),
                    random.chance(0.8),
                    Allocation.ofShares(4_000),
                    true));
        }
        return pools;
    }

    private static DrsVm drawVm(Generator random, int number, List<DrsHost> hosts, int host, ResourcePoolId pool) {
        boolean on = random.chance(0.9);
        int cpuCount = random.between(1, 4);
        long memory = random.between(1L, 8L) * GIB;
        double cpu = random.between(0.0, 1.0) * cpuCount * CPU_MHZ;
        VmMobility mobility = new VmMobility(
                random.chance(0.1) ? random.pick(AutomationLevel.class) : null,
                random.chance(0.05) ? "uses a device of its host" : "",
                random.between(1.0, 60.0),
                random.between(1.0, 500.0),
                random.chance(0.1)
                        ? new VmMobility.LastMove(random.pick(hosts).id(), NOW_SECONDS - random.between(0L, 4_000L))
                        : null);
        return new DrsVm(
                VirtualMachineId.of(number),
                "vm-" + number,
                hosts.get(host).id(),
                on,
                pool,
                cpuCount,
                memory,
                random.chance(0.1)
                        ? new Allocation(random.between(0L, 1_000L), Allocation.UNLIMITED, 1_000)
                        : Allocation.normalCpu(cpuCount),
                Allocation.normalMemory(memory),
                new VmDemand(cpu, cpu * random.between(1.0, 2.0), memory * random.between(0.1, 1.0)),
                random.chance(0.95) ? List.of(SHARED) : List.of(DatastoreId.of(2)),
                random.chance(0.95) ? List.of(NETWORK) : List.of(),
                mobility);
    }

    private static Rule drawRule(Generator random, String name, List<DrsVm> vms, List<DrsHost> hosts) {
        List<VirtualMachineId> members = random.shuffled(vms).stream()
                .limit(random.between(2, 4))
                .map(DrsVm::id)
                .toList();
        boolean enabled = random.chance(0.9);
        return switch (random.between(0, 2)) {
            case 0 -> new Rule.KeepTogether(name, enabled, members);
            case 1 -> new Rule.KeepApart(name, enabled, members);
            default ->
                new Rule.VmHost(
                        name,
                        enabled,
                        random.pick(Rule.Affinity.class),
                        random.pick(Rule.Strength.class),
                        members,
                        random.shuffled(hosts).stream()
                                .limit(random.between(1, hosts.size()))
                                .map(DrsHost::id)
                                .toList());
        };
    }
}
