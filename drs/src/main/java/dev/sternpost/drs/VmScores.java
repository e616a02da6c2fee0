package dev.sternpost.drs;

import dev.sternpost.drs.entitlement.WaterFilling;
import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.HostTable;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsVm;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Works out the score of each running VM: what its host delivers of what it wants, less what sharing the host costs. */
final class VmScores {
    private final ClusterLayout layout;
    private final double contentionWeight;
    private final @Nullable VmScore[] scores;

    private VmScores(ClusterLayout layout, DrsPolicy policy) {
        this.layout = layout;
        this.contentionWeight = policy.contentionWeight();
        this.scores = new VmScore[layout.snapshot().vms().size()];
    }

    static List<VmScore> of(ClusterLayout layout, DrsPolicy policy) {
        VmScores scores = new VmScores(layout, policy);
        for (int host = 0; host < layout.hosts().count(); host++) {
            scores.addHost(host);
        }
        List<VmScore> inOrder = new ArrayList<>();
        for (VmScore score : scores.scores) {
            if (score != null) {
                inOrder.add(score);
            }
        }
        return inOrder;
    }

    private void addHost(int host) {
        int[] vms = layout.vmIndexesOn(host);
        double[] wants = new double[vms.length];
        double[] floors = new double[vms.length];
        double[] shares = new double[vms.length];
        double[] delivered = new double[vms.length];
        for (int i = 0; i < vms.length; i++) {
            DrsVm vm = layout.snapshot().vms().get(vms[i]);
            wants[i] = layout.cpuEntitledOf(vms[i]);
            floors[i] = Math.min(wants[i], vm.cpu().reservation());
            shares[i] = vm.cpu().shares();
        }
        HostTable hosts = layout.hosts();
        WaterFilling.fill(hosts.cpuCapacity(host), floors, wants, shares, delivered, 0, vms.length);
        double cpuWaiting = contentionWeight * Math.min(1, hosts.cpuUse(host));
        double memoryUse = hosts.memoryUse(host);
        double memoryPart = (1 - contentionWeight * Math.min(1, memoryUse)) / Math.max(1, memoryUse);
        for (int i = 0; i < vms.length; i++) {
            DrsVm vm = layout.snapshot().vms().get(vms[i]);
            double wanted = Math.min(vm.demand().cpuMhz(), vm.cpu().limit());
            double cpuPart = wanted <= 0 ? 1 : (1 - cpuWaiting) * delivered[i] / wanted;
            scores[vms[i]] = new VmScore(
                    vm.id(),
                    (int) Math.round(100 * Math.clamp(Math.min(cpuPart, memoryPart), 0, 1)),
                    vm.demand().cpuMhz(),
                    wants[i],
                    delivered[i]);
        }
    }
}
