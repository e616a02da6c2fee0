package dev.sternpost.server.migration;

import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.server.statistics.Meter;
import dev.sternpost.server.statistics.Sample;
import dev.sternpost.server.statistics.Statistics;
import dev.sternpost.server.work.DowntimeBudget;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskState;
import dev.sternpost.vmotion.precopy.DirtySample;
import dev.sternpost.vmotion.precopy.EngineCost;
import dev.sternpost.vmotion.precopy.LoadEstimate;
import dev.sternpost.vmotion.precopy.PrecopyCourse;
import dev.sternpost.vmotion.precopy.PrecopyLimits;
import dev.sternpost.vmotion.precopy.PrecopyPredictor;
import dev.sternpost.vmotion.precopy.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells how long a live migration would take and how long its guest would pause, from statistics and from earlier migrations. */
public final class MigrationForecasts {
    /** Taken for the bandwidth until a migration has told: a network of 1 Gbit/s. */
    private static final double BANDWIDTH_UNKNOWN_BYTES_PER_SECOND = 100e6;

    private static final double BANDWIDTH_SPREAD_KNOWN = 0.2;
    private static final double BANDWIDTH_SPREAD_UNKNOWN = 0.6;
    private static final double HISTORY_ERROR_FACTOR = 2;
    private static final long BYTES_PER_KIB = 1024;

    private final Statistics statistics;
    private final MoveExperience experience = new MoveExperience();
    private boolean learnt;

    public MigrationForecasts(Statistics statistics, TaskBoard board) {
        this.statistics = statistics;
        board.follow(view -> noteEnded(view.task()));
    }

    /** Learns, once, from what was moved before the server was started. */
    synchronized void learn(Tasks tasks) {
        if (!learnt) {
            learnt = true;
            tasks.list(new TaskQuery(null, false, null, TaskQuery.LIMIT_MAX)).reversed().stream()
                    .map(view -> view.task())
                    .forEach(this::noteEnded);
        }
    }

    private void noteEnded(Task task) {
        if (task.draft().kind().equals(LiveMigration.KIND) && task.state() == TaskState.SUCCEEDED) {
            MigrationView.of(task.summary())
                    .ifPresent(view -> experience.learn(task.draft().subjectId(), view));
        }
    }

    /**
     * What is expected of a move.
     *
     * @param targetHostId empty when not chosen yet
     * @param bandwidthLimitBytesPerSecond 0 for none
     */
    public MigrationForecast of(
            VirtualMachine vm, String targetHostId, PrecopyLimits limits, long bandwidthLimitBytesPerSecond) {
        List<String> basis = new ArrayList<>();
        PrecopyPredictor.Question question = question(vm, targetHostId, limits, bandwidthLimitBytesPerSecond, basis);
        return MigrationForecast.of(
                PrecopyPredictor.predict(question),
                basis.isEmpty() ? "nothing is known of it yet" : String.join("; ", basis));
    }

    /** How its move goes in the likeliest case, wherever to: quick, for who looks at many. */
    public PrecopyCourse likeliest(VirtualMachine vm) {
        PrecopyLimits limits = PrecopyLimits.of(DowntimeBudget.millis(vm, 0), 0);
        return PrecopyPredictor.likeliest(question(vm, "", limits, 0, new ArrayList<>()));
    }

    private PrecopyPredictor.Question question(
            VirtualMachine vm,
            String targetHostId,
            PrecopyLimits limits,
            long bandwidthLimitBytesPerSecond,
            List<String> basis) {
        Optional<MoveExperience.OfVm> before = experience.of(vm.id().value());
        Optional<Sample> sample = statistics.latest(vm.id());
        before.ifPresent(known -> basis.add("its last migration"));
        long memoryBytes = vm.config().memoryBytes();
        return new PrecopyPredictor.Question(
                LoadEstimate.from(samples(before, sample, basis), memoryBytes),
                toSend(memoryBytes, before, sample),
                0,
                bandwidth(vm.hostId().value(), targetHostId, bandwidthLimitBytesPerSecond, basis),
                limits.sparing(EngineCost.QEMU),
                cost());
    }

    private static List<DirtySample> samples(
            Optional<MoveExperience.OfVm> before, Optional<Sample> sample, List<String> basis) {
        List<DirtySample> samples = new ArrayList<>();
        before.ifPresent(known -> known.samples().stream()
                .map(one -> one.lessCertain(HISTORY_ERROR_FACTOR))
                .forEach(samples::add));
        sample.ifPresent(seen -> {
            long millis = seen.value(Meter.MEMORY_DIRTIED_MILLIS);
            long kib = seen.value(Meter.MEMORY_DIRTIED_KIB);
            if (millis > 0 && kib != Sample.UNKNOWN) {
                samples.add(DirtySample.ofPagesSampled(millis / 1000.0, (double) kib * BYTES_PER_KIB));
                basis.add("how fast it dirtied memory just now");
            }
        });
        return samples;
    }

    private static Range toSend(long memoryBytes, Optional<MoveExperience.OfVm> before, Optional<Sample> sample) {
        long consumedKib =
                sample.map(seen -> seen.value(Meter.MEMORY_CONSUMED_KIB)).orElse(Sample.UNKNOWN);
        double most = consumedKib <= 0 ? memoryBytes : Math.min(memoryBytes, (double) consumedKib * BYTES_PER_KIB);
        long sentBytes = before.map(MoveExperience.OfVm::firstRoundBytes).orElse(0L);
        return sentBytes > 0 ? Range.around((double) sentBytes, 0.1) : new Range(most * 0.4, most * 0.8, most);
    }

    private Range bandwidth(String source, String target, long limitBytesPerSecond, List<String> basis) {
        Optional<Double> known = experience.bandwidth(source, target);
        known.ifPresent(bandwidth -> basis.add("migrations between these hosts"));
        double free = known.orElse(BANDWIDTH_UNKNOWN_BYTES_PER_SECOND);
        double spread = known.isPresent() ? BANDWIDTH_SPREAD_KNOWN : BANDWIDTH_SPREAD_UNKNOWN;
        return limitBytesPerSecond > 0 && limitBytesPerSecond < free
                ? Range.around((double) limitBytesPerSecond, 0.1)
                : Range.around(free, spread);
    }

    private EngineCost cost() {
        EngineCost usual = EngineCost.QEMU;
        return new EngineCost(
                usual.setupMillis(),
                usual.roundMillis(),
                usual.finishMillis(),
                experience.pauseMillis().orElse(usual.pauseMillis()));
    }
}
