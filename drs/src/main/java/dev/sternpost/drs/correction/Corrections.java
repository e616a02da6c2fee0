package dev.sternpost.drs.correction;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.recommendation.Cause;
import dev.sternpost.drs.recommendation.Problem;
import dev.sternpost.drs.recommendation.RecommendationBook;
import dev.sternpost.drs.search.Blocked;
import dev.sternpost.drs.search.HostSearch;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.wording.Words;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Each unit is moved at most once. Hosts are emptied first, since that may put rules right along the way; then VMs go where must
 * rules allow them, ties are joined, and those to be apart part, the cheapest to move first; last what only should be so,
 * where it costs little.
 */
public final class Corrections {
    /** What keeping a should rule, or leaving a quarantined host, may cost, in average hosts. */
    private static final double WISH_COST_MAX = 0.02;

    private static final int PRIORITY_WISH = 2;

    private final ClusterLayout layout;
    private final DrsPolicy policy;
    private final RecommendationBook book;

    private Corrections(ClusterLayout layout, DrsPolicy policy, RecommendationBook book) {
        this.layout = layout;
        this.policy = policy;
        this.book = book;
    }

    /** Writes into the book what is to be done and what cannot be. */
    public static void make(ClusterLayout layout, DrsPolicy policy, RecommendationBook book) {
        Corrections corrections = new Corrections(layout, policy, book);
        corrections.emptyHosts();
        corrections.relieveOverfilledHosts();
        corrections.obeyMustRules();
        new TieRepair(layout, book).join();
        corrections.part();
        if (policy.migrationThreshold() >= PRIORITY_WISH) {
            corrections.grantWishes();
        }
    }

    private void emptyHosts() {
        for (int unit : ordered(
                unit -> conditionOfHost(unit) == HostCondition.MAINTENANCE, unit -> -layout.memoryCommitted(unit))) {
            String host = layout.host(layout.hostOf(unit)).name();
            move(Cause.MAINTENANCE, unit, host + " is to be emptied");
        }
    }

    /** A VM grew, or a host shrank: the smallest that helps leave until the rest fits. */
    private void relieveOverfilledHosts() {
        for (int unit : ordered(this::isOnOverfilledHost, layout::memoryCommitted)) {
            if (isOnOverfilledHost(unit) && layout.immovable(unit).isEmpty() && HostSearch.best(layout, unit) >= 0) {
                move(Cause.CAPACITY, unit, layout.host(layout.hostOf(unit)).name() + " has given out more than it has");
            }
        }
        for (int host = 0; host < layout.hosts().count(); host++) {
            if (layout.hosts().overfilled(host)) {
                book.note(
                        new Problem(
                                Cause.CAPACITY,
                                List.of(),
                                layout.host(host).name()
                                        + " has given out more memory or CPU than it has, and no VM can leave it. Add capacity."));
            }
        }
    }

    private boolean isOnOverfilledHost(int unit) {
        return layout.hosts().overfilled(layout.hostOf(unit));
    }

    private void obeyMustRules() {
        for (int unit :
                ordered(unit -> layout.forbidden(unit, layout.hostOf(unit)), unit -> -layout.memoryCommitted(unit))) {
            String host = layout.host(layout.hostOf(unit)).name();
            move(Cause.RULE, unit, "a must rule forbids " + host);
        }
    }

    private void part() {
        for (int unit : ordered(layout::breaksApart, layout::migrationSeconds)) {
            // Those that left before may have put it right.
            if (layout.breaksApart(unit)) {
                move(Cause.RULE, unit, "a keep-apart rule is broken");
            }
        }
    }

    private void grantWishes() {
        for (int unit : ordered(
                unit -> layout.disliked(unit, layout.hostOf(unit))
                        || conditionOfHost(unit) == HostCondition.QUARANTINED
                        || conditionOfHost(unit) == HostCondition.SPARE,
                layout::migrationSeconds)) {
            boolean rule = layout.disliked(unit, layout.hostOf(unit));
            boolean spare = conditionOfHost(unit) == HostCondition.SPARE;
            int host = HostSearch.best(layout, unit);
            // A degraded host may fail: who came to it a moment ago leaves it too.
            boolean mayMove =
                    rule ? layout.movable(unit) : layout.immovable(unit).isEmpty();
            if (host >= 0
                    && mayMove
                    && !book.moved(unit)
                    && !layout.disliked(unit, host)
                    && HostSearch.gain(layout, unit, host) > -WISH_COST_MAX) {
                String name = layout.host(layout.hostOf(unit)).name();
                book.move(
                        rule ? Cause.SHOULD_RULE : spare ? Cause.CAPACITY : Cause.QUARANTINE,
                        PRIORITY_WISH,
                        rule
                                ? "a should rule speaks against " + name
                                : name + " " + conditionOfHost(unit).words(),
                        new int[] {unit},
                        host,
                        HostSearch.alternatives(layout, unit, host));
            }
        }
    }

    private void move(Cause cause, int unit, String reason) {
        if (book.moved(unit)) {
            return;
        }
        int host = HostSearch.best(layout, unit);
        if (host >= 0 && layout.immovable(unit).isEmpty()) {
            book.move(cause, 1, reason, new int[] {unit}, host, HostSearch.alternatives(layout, unit, host));
        } else {
            Blocked blocked = Blocked.of(layout, unit);
            book.note(new Problem(
                    cause,
                    layout.vmsOf(unit).stream().map(DrsVm::id).toList(),
                    Words.text(
                            "%s, but %s cannot leave. %s. %s",
                            reason, Blocked.names(layout, unit), blocked.reason(), blocked.remedy())));
        }
    }

    private HostCondition conditionOfHost(int unit) {
        return layout.host(layout.hostOf(unit)).condition();
    }

    private int[] ordered(IntPredicate which, ToDoubleFunction<Integer> key) {
        List<Integer> found = IntStream.range(0, layout.unitCount())
                .filter(unit -> layout.hostOf(unit) >= 0)
                .filter(which)
                .boxed()
                .sorted(Comparator.comparingDouble(key).thenComparing(Comparator.naturalOrder()))
                .toList();
        return found.stream().mapToInt(Integer::intValue).toArray();
    }
}
