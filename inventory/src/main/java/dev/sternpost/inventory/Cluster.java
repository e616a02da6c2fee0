package dev.sternpost.inventory;

import java.util.Objects;

/**
 * A group of hosts that share virtual machines, datastores and networks.
 *
 * @param parentId a folder of hosts
 * @param rootResourcePoolId the pool all its other pools lie in
 * @param drs how it is balanced
 * @param rules which virtual machines run together, apart, or on which hosts
 * @param ha what its hosts do when one of them fails
 * @param cpuBaseline level of CPU features its guests are held to; empty for none
 */
public record Cluster(
        ClusterId id,
        String name,
        FolderId parentId,
        long version,
        ResourcePoolId rootResourcePoolId,
        DrsSettings drs,
        ClusterRules rules,
        HaSettings ha,
        String cpuBaseline)
        implements ManagedObject {
    public Cluster {
        Checks.object(id, name, version);
        Objects.requireNonNull(parentId, "parentId");
        Objects.requireNonNull(rootResourcePoolId, "rootResourcePoolId");
        Objects.requireNonNull(drs, "drs");
        Objects.requireNonNull(rules, "rules");
        Objects.requireNonNull(ha, "ha");
        cpuBaseline = Objects.requireNonNullElse(cpuBaseline, "");
    }

    /** A cluster without a CPU baseline. */
    public Cluster(
            ClusterId id,
            String name,
            FolderId parentId,
            long version,
            ResourcePoolId rootResourcePoolId,
            DrsSettings drs,
            ClusterRules rules,
            HaSettings ha) {
        this(id, name, parentId, version, rootResourcePoolId, drs, rules, ha, "");
    }

    /** A cluster that is not committed yet, balanced as usual, without rules and without high availability. */
    public static Cluster create(ClusterId id, String name, FolderId parentId, ResourcePoolId rootResourcePoolId) {
        return new Cluster(
                id, name, parentId, 0, rootResourcePoolId, DrsSettings.DEFAULT, ClusterRules.NONE, HaSettings.DEFAULT);
    }

    public Cluster withName(String newName) {
        return new Cluster(id, newName, parentId, version, rootResourcePoolId, drs, rules, ha, cpuBaseline);
    }

    public Cluster withParentId(FolderId newParentId) {
        return new Cluster(id, name, newParentId, version, rootResourcePoolId, drs, rules, ha, cpuBaseline);
    }

    public Cluster withDrs(DrsSettings newDrs) {
        return new Cluster(id, name, parentId, version, rootResourcePoolId, newDrs, rules, ha, cpuBaseline);
    }

    public Cluster withRules(ClusterRules newRules) {
        return new Cluster(id, name, parentId, version, rootResourcePoolId, drs, newRules, ha, cpuBaseline);
    }

    public Cluster withHa(HaSettings newHa) {
        return new Cluster(id, name, parentId, version, rootResourcePoolId, drs, rules, newHa, cpuBaseline);
    }

    public Cluster withCpuBaseline(String newCpuBaseline) {
        return new Cluster(id, name, parentId, version, rootResourcePoolId, drs, rules, ha, newCpuBaseline);
    }

    @Override
    public Cluster withVersion(long newVersion) {
        return new Cluster(id, name, parentId, newVersion, rootResourcePoolId, drs, rules, ha, cpuBaseline);
    }
}
