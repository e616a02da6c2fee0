package dev.sternpost.server.drs;

import dev.sternpost.drs.replay.PassRecord;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.pass.PassStore;
import dev.sternpost.inventory.pass.StoredPass;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.migration.Lanes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The last pass of each cluster and its recommendations, which are good until the next. Everything that changes them is done one
 * after the other, so that no two passes move one VM.
 */
final class Advices {
    private final Inventory inventory;
    private final PassInput input;
    private final PassStore store;
    private final MoveOrders orders;
    private final Map<ClusterId, Pass> last = new HashMap<>();

    Advices(Inventory inventory, PassInput input, PassStore store, MoveOrders orders) {
        this.inventory = inventory;
        this.input = input;
        this.store = store;
        this.orders = orders;
    }

    static FaultException expired(String what) {
        return new FaultException(
                FaultCode.RECOMMENDATION_EXPIRED, what + " List the recommendations of the last pass.");
    }

    synchronized Optional<Pass> last(ClusterId id) {
        return Optional.ofNullable(last.get(id));
    }

    /** Makes a pass, keeps it, and does what may be done without asking. */
    synchronized Pass make(ClusterId id, String trigger, Instant now) {
        InventorySnapshot snapshot = inventory.snapshot();
        Cluster cluster = snapshot.get(id);
        DrsSnapshot clusterNow = input.snapshot(snapshot, cluster);
        DrsPolicy policy = input.policy(cluster);
        PassRecord content = PassRecord.make(clusterNow, policy);
        StoredPass stored = store.add(
                new StoredPass(
                        0,
                        id,
                        now,
                        trigger,
                        content.plan().recommendations().size(),
                        content.plan().before().score(),
                        content.plan().after().score(),
                        content.plan().stopped()),
                content.toBytes());
        List<Advice> advice = content.plan().recommendations().stream()
                .map(recommendation -> Advice.pending(stored.number(), recommendation))
                .toList();
        Pass pass = new Pass(stored, content, applied(MoveOrders.USER_NAME, advice, automatic(advice)));
        last.put(id, pass);
        return pass;
    }

    private static Set<String> automatic(List<Advice> advice) {
        Set<String> ids = new HashSet<>();
        advice.stream().filter(each -> each.recommendation().automatic()).forEach(each -> ids.add(each.id()));
        return ids;
    }

    /**
     * Applies those that are wanted and can begin. What stands behind one that cannot begin waits with it when it counts on it;
     * the next pass looks again at all that waits.
     */
    private List<Advice> applied(String userName, List<Advice> advice, Set<String> wanted) {
        Lanes lanes = orders.lanes();
        List<Advice> after = new ArrayList<>();
        for (Advice each : advice) {
            boolean asked = wanted.contains(each.id()) && each.state() == Advice.State.PENDING;
            after.add(asked && orders.canBegin(each, lanes) ? orders.apply(userName, each, lanes) : each);
        }
        return after;
    }

    /**
     * Applies recommendations of a person's choice.
     *
     * @param ids empty for all that wait
     */
    synchronized Pass apply(String userName, ClusterId id, Set<String> ids) {
        Pass pass = Optional.ofNullable(last.get(id)).orElseThrow(() -> expired("There was no pass yet."));
        Set<String> waiting = new HashSet<>();
        pass.advice().stream()
                .filter(advice -> advice.state() == Advice.State.PENDING)
                .forEach(advice -> waiting.add(advice.id()));
        if (!waiting.containsAll(ids)) {
            throw expired("Not all of these recommendations wait: %s.".formatted(String.join(", ", ids)));
        }
        Pass after = pass.withAdvice(applied(userName, pass.advice(), ids.isEmpty() ? waiting : ids));
        last.put(id, after);
        return after;
    }

    /** Sets recommendations aside. */
    synchronized void dismiss(Set<String> ids) {
        Set<String> left = new HashSet<>(ids);
        for (Pass pass : List.copyOf(last.values())) {
            List<Advice> after = pass.advice().stream()
                    .map(advice -> advice.state() == Advice.State.PENDING && left.remove(advice.id())
                            ? advice.dismissed()
                            : advice)
                    .toList();
            last.put(pass.stored().clusterId(), pass.withAdvice(after));
        }
        if (!left.isEmpty()) {
            throw expired("Not all of these recommendations wait: %s.".formatted(String.join(", ", left)));
        }
    }

    /** Forgets clusters that are gone. */
    synchronized void forgetGone() {
        InventorySnapshot snapshot = inventory.snapshot();
        for (ClusterId id : List.copyOf(last.keySet())) {
            if (snapshot.find(id).isEmpty()) {
                last.remove(id);
                store.removeAll(id);
            }
        }
    }
}
