package dev.sternpost.vmotion.precopy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What is known of a guest's writing: all loads that agree with what was seen, each with how well it does. The weights add up
 * to 1. Never empty.
 *
 * <p>Hot sets are tried on a geometric scale; to each belong the write rates that the single samples say, and a few
 * higher ones where a sample has its whole hot set dirty, since such a sample sets no upper bound. A load is kept when its
 * squared misfit is within {@value #MISFIT_KEPT} of the best one's; the weight is its Gaussian likelihood.
 */
public final class LoadEstimate {
    /** Squared misfit above the best at which a load is no longer likely: two parameters, 95 %. */
    private static final double MISFIT_KEPT = 6;

    private static final int HOT_SETS = 40;
    private static final int LOADS_MAX = 96;
    private static final int SAMPLES_MAX = 8;
    private static final double[] BEYOND_SATURATION = {1, 1.25, 1.6, 2, 2.5, 3.2, 4};

    /** Below this nothing can be told from a guest's ordinary bustle. */
    private static final double BUSTLE_BYTES = 512 << 10;

    private static final double HOT_SET_BYTES_MIN = 64 << 10;

    private final List<Weighted> loads;

    /**
     * @param weight how likely it is
     * @param load one way of writing
     */
    public record Weighted(double weight, WriteLoad load) {}

    private LoadEstimate(List<Weighted> loads) {
        this.loads = List.copyOf(loads);
    }

    /** A load that is known for sure. */
    public static LoadEstimate exactly(WriteLoad load) {
        return new LoadEstimate(List.of(new Weighted(1, load)));
    }

    /**
     * From samples.
     *
     * @param samples newest last; of more than {@value #SAMPLES_MAX} the newest count. When there are none, the guest is
     *     taken for a calm one that may be much busier
     * @param memoryBytes the guest's memory, the largest hot set
     */
    public static LoadEstimate from(List<DirtySample> samples, double memoryBytes) {
        List<DirtySample> counted = samples.isEmpty()
                ? List.of(new DirtySample(1, Math.max(BUSTLE_BYTES, memoryBytes * 0.01), 1))
                : samples.subList(Math.max(0, samples.size() - SAMPLES_MAX), samples.size());
        List<Weighted> misfits = new ArrayList<>();
        double best = Double.POSITIVE_INFINITY;
        for (double hotSet : hotSets(counted, memoryBytes)) {
            for (WriteKind kind : WriteKind.values()) {
                for (double rate : rates(kind, hotSet, counted)) {
                    WriteLoad load = new WriteLoad(kind, hotSet, rate);
                    double misfit = misfit(load, counted);
                    best = Math.min(best, misfit);
                    misfits.add(new Weighted(misfit, load));
                }
            }
        }
        return normalized(misfits, best);
    }

    private static LoadEstimate normalized(List<Weighted> misfits, double best) {
        List<Weighted> kept = misfits.stream()
                .filter(one -> one.weight() <= best + MISFIT_KEPT)
                .map(one -> new Weighted(Math.exp(-(one.weight() - best) / 2), one.load()))
                .sorted(Comparator.comparingDouble(Weighted::weight).reversed())
                .limit(LOADS_MAX)
                .toList();
        double all = kept.stream().mapToDouble(Weighted::weight).sum();
        return new LoadEstimate(kept.stream()
                .map(one -> new Weighted(one.weight() / all, one.load()))
                .toList());
    }

    private static List<Double> hotSets(List<DirtySample> samples, double memoryBytes) {
        double most =
                samples.stream().mapToDouble(DirtySample::dirtyBytes).max().orElse(0);
        double low = Math.max(HOT_SET_BYTES_MIN, most * 0.8);
        double high = Math.max(low * 1.001, memoryBytes);
        List<Double> hotSets = new ArrayList<>();
        for (int step = 0; step < HOT_SETS; step++) {
            hotSets.add(low * Math.pow(high / low, step / (HOT_SETS - 1.0)));
        }
        // Most often the hot set is what the longest sample found dirty: look closely there.
        for (double share = 0.9; share < 1.2; share += 0.02) {
            hotSets.add(Math.max(HOT_SET_BYTES_MIN, most * share));
        }
        return hotSets;
    }

    private static List<Double> rates(WriteKind kind, double hotSet, List<DirtySample> samples) {
        List<Double> rates = new ArrayList<>();
        double saturating = 0;
        double sum = 0;
        for (DirtySample sample : samples) {
            double share = sample.dirtyBytes() / hotSet;
            if (share < 0.97) {
                double perSecond = switch (kind) {
                    case RANDOM -> -Math.log1p(-share) * hotSet / sample.seconds();
                    case CYCLIC -> sample.dirtyBytes() / sample.seconds();
                };
                rates.add(perSecond);
                sum += perSecond;
            } else {
                saturating = Math.max(saturating, (kind == WriteKind.CYCLIC ? 1 : 4) * hotSet / sample.seconds());
            }
        }
        if (rates.size() > 1) {
            rates.add(sum / rates.size());
        }
        if (saturating > 0) {
            for (double factor : BEYOND_SATURATION) {
                rates.add(saturating * factor);
            }
        }
        return rates;
    }

    private static double misfit(WriteLoad load, List<DirtySample> samples) {
        double misfit = 0;
        for (DirtySample sample : samples) {
            double off =
                    Math.log((load.uniqueBytes(sample.seconds()) + BUSTLE_BYTES) / (sample.dirtyBytes() + BUSTLE_BYTES))
                            / sample.relativeError();
            misfit += off * off;
        }
        return misfit;
    }

    /** All that is likely, the likeliest first. */
    public List<Weighted> loads() {
        return loads;
    }

    /** The likeliest. */
    public WriteLoad best() {
        return loads.getFirst().load();
    }

    /** The same guest with a share of its time taken from it. */
    public LoadEstimate throttled(double share) {
        return share == 0
                ? this
                : new LoadEstimate(loads.stream()
                        .map(one -> new Weighted(one.weight(), one.load().throttled(share)))
                        .toList());
    }
}
