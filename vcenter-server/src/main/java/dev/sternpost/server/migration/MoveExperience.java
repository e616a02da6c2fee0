package dev.sternpost.server.migration;

import dev.sternpost.vmotion.precopy.DirtySample;
import dev.sternpost.vmotion.precopy.EngineCost;
import dev.sternpost.vmotion.precopy.PrecopyRound;
import dev.sternpost.vmotion.precopy.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the migrations so far have taught: of a VM how it writes and what there is to send, of a pair of hosts the bandwidth between
 * them, of all how long the pause is besides the pages. Bounded; the oldest goes first. Safe for several threads.
 */
final class MoveExperience {
    private static final int VMS_MAX = 20_000;
    private static final int PAIRS_MAX = 10_000;
    private static final int PAUSES_MAX = 32;

    /** Fewer say little of how much pauses differ. */
    private static final int PAUSES_MIN = 3;

    /** How much the newest migration between two hosts counts. */
    private static final double NEWEST_WEIGHT = 0.4;

    /** The first round of a small VM says nothing of the link: it has hardly begun when it ends. */
    private static final long ROUND_BYTES_MIN = 8 << 20;

    private final Map<String, OfVm> vms = bounded(VMS_MAX);
    private final Map<String, Double> bandwidths = bounded(PAIRS_MAX);
    private final List<Double> pausesMillis = new ArrayList<>();
    private double bandwidthLately;

    /**
     * @param samples of its rounds, oldest first
     * @param firstRoundBytes what there was to send
     */
    record OfVm(List<DirtySample> samples, long firstRoundBytes) {}

    private static <V> Map<String, V> bounded(int max) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > max;
            }
        };
    }

    /** Takes a migration that has ended well. */
    synchronized void learn(String vmId, MigrationView view) {
        List<PrecopyRound> rounds = view.rounds();
        if (rounds.isEmpty()) {
            return;
        }
        PrecopyRound first = rounds.getFirst();
        vms.remove(vmId); // so that it becomes the newest
        vms.put(vmId, new OfVm(samples(view), first.number() == 1 ? first.sentBytes() : 0));
        double sendingMillis =
                Math.max(first.durationMillis() / 2.0, first.durationMillis() - EngineCost.QEMU.roundMillis());
        if (first.sentBytes() >= ROUND_BYTES_MIN && sendingMillis > 0 && !view.limited()) {
            double bandwidth = first.sentBytes() * 1000 / sendingMillis;
            bandwidths.merge(
                    pair(view.sourceHostId(), view.targetHostId()),
                    bandwidth,
                    (before, now) -> before + NEWEST_WEIGHT * (now - before));
            bandwidthLately =
                    bandwidthLately == 0 ? bandwidth : bandwidthLately + NEWEST_WEIGHT * (bandwidth - bandwidthLately);
        }
        if (view.downtimeMillis() > 0) {
            pausesMillis.add(view.downtimeMillis());
            if (pausesMillis.size() > PAUSES_MAX) {
                pausesMillis.removeFirst();
            }
        }
    }

    /** Of rounds in which nothing was taken from the guest, since how much was is only known of the whole. */
    private static List<DirtySample> samples(MigrationView view) {
        List<DirtySample> samples = new ArrayList<>();
        for (PrecopyRound round :
                view.rounds().subList(0, Math.max(0, view.rounds().size() - 1))) {
            if (round.durationMillis() > 0 && round.number() < view.firstThrottledRound()) {
                samples.add(DirtySample.ofBitmap(round.durationMillis() / 1000.0, round.remainingBytes()));
            }
        }
        return samples;
    }

    synchronized Optional<OfVm> of(String vmId) {
        return Optional.ofNullable(vms.get(vmId));
    }

    /** Bandwidth between two hosts, else of all migrations lately; empty when there were none. */
    synchronized Optional<Double> bandwidth(String sourceHostId, String targetHostId) {
        Double known = bandwidths.get(pair(sourceHostId, targetHostId));
        return known != null
                ? Optional.of(known)
                : bandwidthLately == 0 ? Optional.empty() : Optional.of(bandwidthLately);
    }

    /** Pauses of migrations lately: nearly all of them lie in it. Empty when there were too few to tell. */
    synchronized Optional<Range> pauseMillis() {
        if (pausesMillis.size() < PAUSES_MIN) {
            return Optional.empty();
        }
        List<Double> sorted = pausesMillis.stream().sorted().toList();
        int last = sorted.size() - 1;
        return Optional.of(
                new Range(sorted.get(last / 10), sorted.get(sorted.size() / 2), sorted.get(last - last / 10)));
    }

    private static String pair(String source, String target) {
        return source + ' ' + target;
    }
}
