package dev.sternpost.bench;

import dev.sternpost.drs.demand.DemandModel;
import dev.sternpost.drs.demand.UsageSample;
import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.rule.RuleViolations;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A cluster over days. Each minute every VM wants something and its host gives what it has; a migration takes its time, during which the
 * VM stays where it is and both hosts lose a CPU. Days before the one that counts are lived through without moves, so that there is a
 * history to learn from. The same seed gives the same demands whoever balances.
 */
final class DaySimulation {
    private static final long GIB = 1L << 30;
    private static final int CPU_MHZ = 2_500;
    private static final int HOST_CPUS = 32;
    private static final long HOST_MEMORY = 256 * GIB;
    private static final int HISTORY_DAYS = 2;
    private static final int RETURN_MINUTES = 30;

    /** Demand of the average minute as a part of all hosts. */
    private static final double CPU_USE = 0.68;

    private record Running(VmMove move, int untilMinute) {}

    private final List<DrsHost> hosts = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final DrsVm[] vms;
    private final DemandSeries[] series;
    private final DemandModel[] models;
    private final double[] demands;
    private final int[] vmHosts;
    private final double[] migrating;
    private final List<Running> running = new ArrayList<>();
    private double unmet;
    private double wanted;
    private int moves;
    private int returns;
    private int violations;

    DaySimulation(int hostCount, int vmCount, long seed) {
        Random random = new Random(seed);
        for (int number = 1; number <= hostCount; number++) {
            hosts.add(new DrsHost(
                    HostId.of(number),
                    "host-" + number,
                    HostCondition.NORMAL,
                    HOST_CPUS,
                    (long) HOST_CPUS * CPU_MHZ,
                    HOST_MEMORY,
                    List.of(),
                    List.of()));
        }
        vms = new DrsVm[vmCount];
        series = new DemandSeries[vmCount];
        models = new DemandModel[vmCount];
        demands = new double[vmCount];
        vmHosts = new int[vmCount];
        migrating = new double[hostCount];
        double mean = CPU_USE * hostCount * HOST_CPUS * CPU_MHZ / vmCount;
        for (int i = 0; i < vmCount; i++) {
            double size = mean * Math.exp(0.9 * random.nextGaussian() - 0.4);
            int cpuCount = Math.clamp((int) Math.ceil(2.5 * size / CPU_MHZ), 1, HOST_CPUS / 2);
            vmHosts[i] = i % hostCount;
            vms[i] = vm(i, cpuCount, (2L << random.nextInt(4)) * GIB / 2);
            series[i] = new DemandSeries(random.nextLong(), size, (double) cpuCount * CPU_MHZ);
            models[i] = new DemandModel();
        }
        for (int number = 0; number < hostCount / 2; number++) {
            List<VirtualMachineId> apart = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                apart.add(vms[(3 * number + i) % vmCount].id());
            }
            rules.add(new Rule.KeepApart("apart-" + number, true, apart));
        }
    }

    private DrsVm vm(int index, int cpuCount, long memory) {
        return new DrsVm(
                VirtualMachineId.of(index + 1),
                "vm-" + (index + 1),
                hosts.get(vmHosts[index]).id(),
                true,
                ResourcePoolId.of(1),
                cpuCount,
                memory,
                Allocation.normalCpu(cpuCount),
                Allocation.normalMemory(memory),
                VmDemand.steady(0, memory / 2.0),
                List.of(),
                List.of(),
                VmMobility.free(2 + memory / (1.0 * GIB), 50));
    }

    /** Lives through the days; what is counted is of the last. */
    DaySimulation live(DayPolicy policy) {
        int begin = HISTORY_DAYS * DemandSeries.DAY_MINUTES;
        for (int minute = 0; minute < begin + DemandSeries.DAY_MINUTES; minute++) {
            boolean counts = minute >= begin;
            settle(minute, counts);
            want(minute);
            if (counts) {
                deliver();
                if (minute % policy.periodMinutes() == 0) {
                    decide(policy, minute);
                }
            }
        }
        return this;
    }

    private void want(int minute) {
        for (int i = 0; i < vms.length; i++) {
            demands[i] = series[i].next();
            models[i].observe(
                    new UsageSample(60L * minute, demands[i], 0, vms[i].memoryBytes(), vms[i].memoryBytes() / 2.0, 0));
        }
    }

    private void deliver() {
        double[] loads = migrating.clone();
        for (int i = 0; i < vms.length; i++) {
            loads[vmHosts[i]] += demands[i];
            wanted += demands[i];
        }
        for (int host = 0; host < loads.length; host++) {
            unmet += Math.max(0, loads[host] - hosts.get(host).cpuMhz());
        }
    }

    /** Migrations that have taken their time end. */
    private void settle(int minute, boolean counts) {
        running.removeIf(each -> {
            if (each.untilMinute() > minute) {
                return false;
            }
            int vm = (int) each.move().vmId().number() - 1;
            int to = (int) each.move().toHostId().number() - 1;
            migrating[vmHosts[vm]] -= CPU_MHZ;
            migrating[to] -= CPU_MHZ;
            VmMobility.LastMove last = vms[vm].mobility().lastMove();
            if (last != null
                    && last.fromHostId().equals(each.move().toHostId())
                    && 60L * minute - last.atSeconds() < 60L * RETURN_MINUTES) {
                returns++;
            }
            vms[vm] = vms[vm].withMobility(
                    vms[vm].mobility().withLastMove(each.move().fromHostId(), 60L * minute));
            vmHosts[vm] = to;
            return true;
        });
        if (counts) {
            violations += RuleViolations.of(rules, snapshot(minute, false).placement())
                    .size();
        }
    }

    private void decide(DayPolicy policy, int minute) {
        for (VmMove move : policy.moves(snapshot(minute, false), snapshot(minute, true))) {
            int vm = (int) move.vmId().number() - 1;
            if (running.stream().noneMatch(each -> each.move().vmId().equals(move.vmId()))) {
                double seconds = vms[vm].mobility().migrationSeconds();
                running.add(new Running(move, minute + (int) Math.ceil(seconds / 60)));
                migrating[vmHosts[vm]] += CPU_MHZ;
                migrating[(int) move.toHostId().number() - 1] += CPU_MHZ;
                moves++;
            }
        }
    }

    private DrsSnapshot snapshot(int minute, boolean expected) {
        List<DrsVm> now = new ArrayList<>(vms.length);
        for (int i = 0; i < vms.length; i++) {
            VmDemand demand = expected
                    ? models[i].planned((double) vms[i].cpuCount() * CPU_MHZ, vms[i].memoryBytes())
                    : VmDemand.steady(demands[i], vms[i].memoryBytes() / 2.0);
            now.add(vms[i].withHost(hosts.get(vmHosts[i]).id(), true)
                    .withSize(vms[i].cpuCount(), vms[i].memoryBytes(), demand));
        }
        return new DrsSnapshot(60L * minute, hosts, now, List.of(Pool.root(ResourcePoolId.of(1), "Resources")), rules);
    }

    /** What was wanted and not delivered, in millionths of what was wanted. */
    double unmetMillionths() {
        return 1e6 * unmet / wanted;
    }

    int moves() {
        return moves;
    }

    double movesPerVm() {
        return (double) moves / vms.length;
    }

    /** How often a VM went back to a host that it had left less than half an hour before. */
    int returns() {
        return returns;
    }

    /** Rules that were broken, minute by minute. */
    int violations() {
        return violations;
    }
}
