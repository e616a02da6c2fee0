package dev.sternpost.server.power;

import dev.sternpost.drs.power.PowerAdvice;
import dev.sternpost.drs.power.PowerPlan;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.cluster.Clusters;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.power.PowerPass.Recommended;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.TaskView;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The last look at each cluster and its recommendations, which are good until the next. Everything that changes them is done one after
 * the other. Every method throws {@link FaultException} with the codes of the contract.
 */
public final class PowerPasses {
    /** Who asks for what is done without a person. */
    static final String USER_NAME = "dpm";

    private final Inventory inventory;
    private final PowerLooks looks;
    private final Standby standby;
    private final InstantSource clock;
    private final Map<ClusterId, PowerPass> last = new HashMap<>();
    private long number;

    PowerPasses(Inventory inventory, PowerLooks looks, Standby standby, InstantSource clock) {
        this.inventory = inventory;
        this.looks = looks;
        this.standby = standby;
        this.clock = clock;
    }

    /** The last look at a cluster; empty before the first. */
    public synchronized Optional<PowerPass> last(String cluster) {
        return Optional.ofNullable(last.get(cluster(cluster).id()));
    }

    /** Looks now. */
    public PowerPass run(String userName, String cluster) {
        return make(cluster(cluster).id(), "asked for by " + userName);
    }

    /** Looks at a cluster, and does what may be done without asking. */
    synchronized PowerPass make(ClusterId id, String trigger) {
        InventorySnapshot snapshot = inventory.snapshot();
        Instant now = clock.instant();
        PowerPlan plan = looks.look(snapshot, snapshot.get(id));
        number++;
        List<Recommended> recommended = new ArrayList<>();
        for (PowerAdvice advice : plan.advice()) {
            recommended.add(new Recommended(
                    "dpm-%d-%d".formatted(number, recommended.size() + 1),
                    advice,
                    looks.isAutomatic(snapshot, advice),
                    PowerPass.State.PENDING,
                    "",
                    ""));
        }
        PowerPass pass = new PowerPass(number, id, now, trigger, plan.stopped(), recommended, plan.kept());
        Set<String> atOnce = new HashSet<>();
        for (Recommended each : recommended) {
            // One host falls asleep after the other: what the next look sees is what there is then.
            boolean may = each.advice() instanceof PowerAdvice.Wake || atOnce.isEmpty();
            if (each.automatic() && may) {
                atOnce.add(each.id());
            }
        }
        PowerPass after = pass.withRecommended(applied(USER_NAME, recommended, atOnce));
        last.put(id, after);
        return after;
    }

    private List<Recommended> applied(String userName, List<Recommended> recommended, Set<String> wanted) {
        return recommended.stream()
                .map(each -> wanted.contains(each.id()) && each.state() == PowerPass.State.PENDING
                        ? applied(userName, each)
                        : each)
                .toList();
    }

    private Recommended applied(String userName, Recommended recommended) {
        String hostId = recommended.advice().hostId().value();
        Caller caller = new Caller(userName, "");
        try {
            TaskView task = switch (recommended.advice()) {
                case PowerAdvice.Wake ignored -> standby.exit(caller, hostId);
                case PowerAdvice.StandBy ignored -> standby.enter(caller, hostId);
            };
            tell(userName, recommended, task.task().id().toString());
            return recommended.applied(task.task().id().toString());
        } catch (FaultException e) {
            return recommended.failed(e.fault().message());
        }
    }

    private void tell(String userName, Recommended recommended, String taskId) {
        inventory.commit((InventorySnapshot snapshot) -> snapshot.find(
                        recommended.advice().hostId())
                .map(host -> InventoryWrite.builder()
                        .event(EventDraft.about(
                                        host,
                                        EventType.POWER_RECOMMENDATION_APPLIED,
                                        words(snapshot, host, recommended))
                                .onHost(host.id())
                                .byUser(userName)
                                .byTask(taskId))
                        .build())
                .orElse(InventoryWrite.NOTHING));
    }

    private static String words(InventorySnapshot snapshot, Host host, Recommended recommended) {
        String action = switch (recommended.advice()) {
            case PowerAdvice.Wake ignored -> "woken";
            case PowerAdvice.StandBy ignored -> "put into stand-by";
        };
        return "%s is %s as %s recommends: %s."
                .formatted(
                        host.name(),
                        action,
                        recommended.id(),
                        PlannedRules.named(snapshot, recommended.advice().reason()));
    }

    /**
     * Applies recommendations of a person's choice.
     *
     * @param ids empty for all that wait
     */
    public synchronized PowerPass apply(String userName, String clusterReference, Set<String> ids) {
        ClusterId id = cluster(clusterReference).id();
        PowerPass pass = Optional.ofNullable(last.get(id)).orElseThrow(() -> expired("There was no look yet."));
        Set<String> waiting = new HashSet<>();
        pass.recommended().stream()
                .filter(each -> each.state() == PowerPass.State.PENDING)
                .forEach(each -> waiting.add(each.id()));
        if (!waiting.containsAll(ids)) {
            throw expired("Not all of these recommendations wait: %s.".formatted(String.join(", ", ids)));
        }
        PowerPass after = pass.withRecommended(applied(userName, pass.recommended(), ids.isEmpty() ? waiting : ids));
        last.put(id, after);
        return after;
    }

    private static FaultException expired(String what) {
        return new FaultException(
                FaultCode.RECOMMENDATION_EXPIRED, what + " List the recommendations of the last look.");
    }

    private Cluster cluster(String reference) {
        return Clusters.meant(inventory.snapshot(), reference);
    }

    synchronized void forgetGone(InventorySnapshot snapshot) {
        last.keySet().removeIf(id -> snapshot.find(id).isEmpty());
    }
}
