package dev.sternpost.server.drs;

import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.explain.VmExplanation;
import dev.sternpost.drs.replay.PassRecord;
import dev.sternpost.drs.replay.Replay;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.whatif.Change;
import dev.sternpost.drs.whatif.WhatIf;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.pass.PassStore;
import dev.sternpost.inventory.pass.StoredPass;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.cluster.Clusters;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What callers may ask of load balancing. Objects are named by id, path or unique name, an empty cluster is the only one; every
 * method throws {@link FaultException} with the codes of the contract.
 */
public final class LoadBalancing {
    private final Inventory inventory;
    private final PassInput input;
    private final PassStore store;
    private final Advices advices;
    private final InstantSource clock;

    LoadBalancing(Inventory inventory, PassInput input, PassStore store, Advices advices, InstantSource clock) {
        this.inventory = inventory;
        this.input = input;
        this.store = store;
        this.advices = advices;
        this.clock = clock;
    }

    /** A pass that was kept. */
    public record KeptPass(StoredPass stored, PassRecord content) {}

    /** A VM as a pass saw it. */
    public record Explained(StoredPass stored, VmExplanation explanation) {}

    /** A stored pass made again. */
    public record Replayed(Replay replay, int planLength) {}

    /** The last pass of a cluster and its recommendations; empty before the first. */
    public Optional<Pass> lastPass(String cluster) {
        return advices.last(cluster(cluster).id());
    }

    /** Applies recommendations; an empty set stands for all that wait. */
    public Pass apply(String userName, String cluster, Set<String> ids) {
        return advices.apply(userName, cluster(cluster).id(), ids);
    }

    /** Sets recommendations aside. */
    public void dismiss(Set<String> ids) {
        advices.dismiss(ids);
    }

    /** Makes a pass now. */
    public Pass run(String userName, String cluster) {
        return advices.make(cluster(cluster).id(), "asked for by " + userName, clock.instant());
    }

    /**
     * Passes that are kept, newest first.
     *
     * @param before only those with a lower number; 0 begins with the newest
     */
    public List<StoredPass> passes(String cluster, long before, int limit) {
        return store.list(cluster(cluster).id(), before == 0 ? Long.MAX_VALUE : before, limit);
    }

    public KeptPass pass(long number) {
        StoredPass stored = store.find(number).orElseThrow(() -> noSuchPass(number));
        byte[] content = store.content(number).orElseThrow(() -> noSuchPass(number));
        try {
            return new KeptPass(stored, PassRecord.fromBytes(content));
        } catch (IllegalArgumentException e) {
            throw new FaultException(
                    FaultCode.OBJECT_NOT_FOUND,
                    Long.toString(number),
                    "Pass %d was kept by another release and cannot be read by this one. Look at a newer pass."
                            .formatted(number));
        }
    }

    /**
     * Why a VM is where it is.
     *
     * @param number of a pass; 0 for the last one of the VM's cluster
     */
    public Explained explain(String vmReference, long number) {
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.resolve(vmReference, VirtualMachine.class);
        KeptPass pass = number == 0 ? newestOf(snapshot, vm) : pass(number);
        PassRecord content = pass.content();
        boolean ran =
                content.snapshot().vms().stream().anyMatch(each -> each.id().equals(vm.id()) && each.poweredOn());
        if (!ran) {
            throw new FaultException(
                    FaultCode.VM_WRONG_POWER_STATE,
                    vm.id().value(),
                    "%s did not run in that cluster at pass %d, so there was nothing to balance. Choose a later pass."
                            .formatted(vm.name(), pass.stored().number()));
        }
        return new Explained(
                pass.stored(), VmExplanation.of(content.snapshot(), content.policy(), content.plan(), vm.id()));
    }

    private KeptPass newestOf(InventorySnapshot snapshot, VirtualMachine vm) {
        ClusterId id = snapshot.clusterOf(vm.hostId())
                .map(Cluster::id)
                .orElseThrow(() -> new FaultException(
                        FaultCode.REQUEST_INVALID,
                        vm.id().value(),
                        "%s runs in no cluster, so nothing balances it.".formatted(vm.name())));
        List<StoredPass> newest = store.list(id, Long.MAX_VALUE, 1);
        if (newest.isEmpty()) {
            throw new FaultException(
                    FaultCode.OBJECT_NOT_FOUND,
                    vm.id().value(),
                    "There was no pass yet. Ask for one, or wait a minute.");
        }
        return pass(newest.getFirst().number());
    }

    /** Makes a pass again from what went into it. */
    public Replayed replay(long number) {
        PassRecord content = pass(number).content();
        return new Replayed(content.replay(), content.planText().length());
    }

    /** Plans for a cluster that is not so; nothing is touched. Where load balancing is switched off, as if it recommended. */
    public WhatIf whatIf(String clusterReference, List<Change> changes) {
        InventorySnapshot snapshot = inventory.snapshot();
        Cluster cluster = cluster(clusterReference);
        try {
            DrsPolicy policy = input.policy(cluster);
            return WhatIf.ask(
                    input.snapshot(snapshot, cluster),
                    policy.automation() == AutomationLevel.DISABLED
                            ? policy.withAutomation(AutomationLevel.MANUAL)
                            : policy,
                    changes);
        } catch (IllegalArgumentException e) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    cluster.id().value(),
                    "This cannot be asked of %s: %s.".formatted(cluster.name(), e.getMessage()));
        }
    }

    /** How a cluster is off now, and what would be recommended; nothing is kept. */
    public DrsPlan look(String clusterReference) {
        InventorySnapshot snapshot = inventory.snapshot();
        Cluster cluster = cluster(clusterReference);
        return DrsPlanner.plan(input.snapshot(snapshot, cluster), input.policy(cluster));
    }

    /** The cluster that is meant. */
    public Cluster cluster(String reference) {
        return Clusters.meant(inventory.snapshot(), reference);
    }

    private static FaultException noSuchPass(long number) {
        return new FaultException(
                FaultCode.OBJECT_NOT_FOUND,
                Long.toString(number),
                "There is no pass %d. Old ones are removed; list the passes that are kept.".formatted(number));
    }
}
