package dev.sternpost.drs.search;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.HostTable;
import dev.sternpost.drs.layout.Obstacle;
import dev.sternpost.drs.recommendation.Alternative;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Finds the host where a unit does least harm: that keeps should rules if one does, else one that does not. */
public final class HostSearch {
    /** Hosts that are named when there is no room for a unit; the others are only counted. */
    public static final int HOSTS_NAMED_MAX = 8;

    /** Hosts that were passed over and are written down with a recommendation. */
    public static final int ALTERNATIVES_MAX = 4;

    private HostSearch() {}

    /** The best host other than where the unit is; -1 when there is none. */
    public static int best(ClusterLayout layout, int unit) {
        int best = -1;
        boolean bestLiked = false;
        double bestHarm = Double.POSITIVE_INFINITY;
        for (int host = 0; host < layout.hosts().count(); host++) {
            if (host != layout.hostOf(unit) && layout.fits(unit, host)) {
                boolean liked = !layout.disliked(unit, host);
                double harm = harm(layout, unit, host);
                if (liked == bestLiked ? harm < bestHarm : liked) {
                    best = host;
                    bestLiked = liked;
                    bestHarm = harm;
                }
            }
        }
        return best;
    }

    /** By how much the loss of a host rises when a unit comes. */
    public static double harm(ClusterLayout layout, int unit, int host) {
        return layout.hosts().harm(host, layout.cpu(unit), layout.memory(unit));
    }

    /** By how much the loss of the cluster falls when a unit goes from its host to another. */
    public static double gain(ClusterLayout layout, int unit, int to) {
        HostTable hosts = layout.hosts();
        int from = layout.hostOf(unit);
        double relief = from < 0 ? 0 : hosts.loss(from) - hosts.lossWith(from, -layout.cpu(unit), -layout.memory(unit));
        return relief - harm(layout, unit, to);
    }

    /** The hosts that were passed over for the chosen one, those that would have gained most first. */
    public static List<Alternative> alternatives(ClusterLayout layout, int unit, int chosen) {
        double[] gains = new double[layout.hosts().count()];
        Arrays.setAll(gains, host -> gain(layout, unit, host));
        List<Alternative> alternatives = new ArrayList<>();
        boolean[] taken = new boolean[gains.length];
        taken[chosen] = true;
        if (layout.hostOf(unit) >= 0) {
            taken[layout.hostOf(unit)] = true;
        }
        while (alternatives.size() < ALTERNATIVES_MAX) {
            int next = -1;
            for (int host = 0; host < gains.length; host++) {
                if (!taken[host] && (next < 0 || gains[host] > gains[next])) {
                    next = host;
                }
            }
            if (next < 0) {
                break;
            }
            taken[next] = true;
            alternatives.add(alternative(layout, unit, next, gains[next], gains[chosen]));
        }
        return alternatives;
    }

    private static Alternative alternative(ClusterLayout layout, int unit, int host, double gain, double chosenGain) {
        List<String> reasons = new ArrayList<>(layout.reasons(unit, host));
        if (reasons.isEmpty()) {
            reasons.add(gain < chosenGain ? "gains less" : "is no better");
        }
        return new Alternative(layout.host(host).id(), gain, reasons);
    }

    /** Why no host will do, each by name. */
    public static String whyNowhere(ClusterLayout layout, int unit) {
        List<String> told = new ArrayList<>();
        int others = 0;
        for (int host = 0; host < layout.hosts().count(); host++) {
            if (host != layout.hostOf(unit)) {
                if (told.size() < HOSTS_NAMED_MAX) {
                    told.add(layout.host(host).name() + ": " + String.join(", ", layout.reasons(unit, host)));
                } else {
                    others++;
                }
            }
        }
        if (told.isEmpty()) {
            return "there is no other host";
        }
        return String.join("; ", told) + (others > 0 ? "; and " + others + " more" : "");
    }

    /** What could be done about it. */
    public static String remedy(ClusterLayout layout, int unit) {
        Set<Obstacle> everywhere = IntStream.range(0, layout.hosts().count())
                .filter(host -> host != layout.hostOf(unit))
                .boxed()
                .flatMap(host -> layout.obstacles(unit, host).stream())
                .collect(Collectors.toSet());
        if (everywhere.contains(Obstacle.MEMORY) || everywhere.contains(Obstacle.CPU_RESERVATION)) {
            return "Free or add capacity.";
        }
        if (everywhere.contains(Obstacle.VM_HOST_RULE)
                || everywhere.contains(Obstacle.APART)
                || everywhere.contains(Obstacle.TOGETHER)) {
            return "Change the rules or add hosts that they allow.";
        }
        if (everywhere.contains(Obstacle.DATASTORE) || everywhere.contains(Obstacle.NETWORK)) {
            return "Give another host its datastores and networks.";
        }
        return "Add a host that can take it.";
    }
}
