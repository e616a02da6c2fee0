package dev.sternpost.vmotion.precopy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.vmotion.precopy.SimulatedGuest.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Predictions and decisions against guests whose pages are really written. Seeds are fixed: what is held here is how often a
 * prediction is right, which chance must not decide anew in each run.
 */
class PrecopySimulationTest {
    private static final int PAGE = SimulatedGuest.PAGE_BYTES;
    private static final int PAGES = 16_384;
    private static final PrecopyLimits LIMITS = new PrecopyLimits(100, 60_000);
    private static final int CASES = 200;

    /** One guest and its link; may be made again. */
    private record Setting(long seed, int pagesNotZero, List<Writer> writers, double bandwidth) {
        SimulatedGuest guest() {
            return new SimulatedGuest(
                    seed,
                    PAGES,
                    pagesNotZero,
                    writers.stream()
                            .map(one -> new Writer(
                                    one.kind,
                                    one.firstPage,
                                    one.pageCount,
                                    one.pagesPerSecond,
                                    one.periodSeconds,
                                    one.onSeconds))
                            .toList());
        }

        SimulatedPrecopy run(ConvergenceMeans means, List<DirtySample> before) {
            SimulatedGuest guest = guest();
            return new SimulatedPrecopy(
                            guest,
                            new ConvergenceControl(LIMITS, means, EngineCost.NONE, guest.memoryBytes(), before),
                            LIMITS,
                            bandwidth)
                    .run();
        }
    }

    /** λ from 0.1 to 3 over hot sets of a tenth of the memory to all of it, away from the edge of convergence. */
    private static List<Setting> steadyGuests(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Setting> settings = new ArrayList<>();
        while (settings.size() < CASES) {
            double bandwidth = PAGES * (double) PAGE / (1 + 3 * random.nextDouble());
            WriteKind kind = random.nextBoolean() ? WriteKind.RANDOM : WriteKind.CYCLIC;
            int hotPages = PAGES / 10 + random.nextInt(PAGES * 9 / 10);
            double lambda = 0.1 + 2.9 * random.nextDouble();
            WriteLoad load = new WriteLoad(kind, (double) hotPages * PAGE, lambda * bandwidth);
            double most = load.writeRateMax(bandwidth, LIMITS.downtimeMillis() / 1e3) / bandwidth;
            int notZero = hotPages + random.nextInt(PAGES - hotPages + 1);
            if (lambda < most * 0.9 || lambda > most * 1.1) {
                settings.add(new Setting(
                        random.nextLong(),
                        notZero,
                        List.of(new Writer(kind, 0, hotPages, lambda * bandwidth / PAGE)),
                        bandwidth));
            }
        }
        return settings;
    }

    /** What two looks of the agent's statistics say of a guest that runs. */
    private static List<DirtySample> looks(SimulatedGuest guest) {
        List<DirtySample> samples = new ArrayList<>();
        for (double seconds : new double[] {1, 4}) {
            guest.run(0.5);
            guest.takeDirtyBytes();
            guest.run(seconds);
            samples.add(DirtySample.ofPagesSampled(seconds, guest.takeDirtyBytes()));
        }
        return samples;
    }

    @Test
    void whether_rounds_alone_converge_is_known_at_the_end_of_the_second() {
        int saidNot = 0;
        int isNot = 0;
        int both = 0;
        for (Setting setting : steadyGuests(1)) {
            if (looksLikeRandomWrites(setting)) {
                continue;
            }
            SimulatedPrecopy run = setting.run(ConvergenceMeans.NONE, List.of());
            boolean said = run.early.map(PrecopyForecast::converges).orElse(true);
            saidNot += said ? 0 : 1;
            isNot += run.converged ? 0 : 1;
            both += !said && !run.converged ? 1 : 0;
        }
        assertThat(isNot).as("guests that do not converge").isBetween(CASES / 4, CASES * 3 / 4);
        assertThat((double) both / saidNot).as("precision").isGreaterThanOrEqualTo(0.99);
        assertThat((double) both / isNot).as("recall").isGreaterThanOrEqualTo(0.99);
    }

    /** After two rounds a sweep a little slower than the link leaves what random writes a little faster than it do. */
    private static boolean looksLikeRandomWrites(Setting setting) {
        Writer writer = setting.writers().getFirst();
        double lambda = writer.pagesPerSecond * PAGE / setting.bandwidth();
        return writer.kind == WriteKind.CYCLIC && lambda > 0.6 && lambda < 1;
    }

    @Test
    void before_the_move_total_time_and_convergence_are_told_from_statistics() {
        int inside = 0;
        int converging = 0;
        int calledRight = 0;
        List<Double> errors = new ArrayList<>();
        for (Setting setting : steadyGuests(2)) {
            SimulatedGuest watched = setting.guest();
            LoadEstimate estimate = LoadEstimate.from(looks(watched), watched.memoryBytes());
            PrecopyForecast forecast = PrecopyPredictor.predict(new PrecopyPredictor.Question(
                    estimate,
                    Range.exactly(watched.notZeroBytes()),
                    0,
                    Range.around(setting.bandwidth(), 0.05),
                    LIMITS,
                    EngineCost.NONE));
            SimulatedPrecopy run = setting.run(ConvergenceMeans.NONE, List.of());
            calledRight += forecast.converges() == run.converged ? 1 : 0;
            if (run.converged) {
                converging++;
                inside += forecast.totalMillis().contains(run.seconds * 1000) ? 1 : 0;
                errors.add(Math.abs(forecast.totalMillis().expected() / 1000 / run.seconds - 1));
            }
        }
        errors.sort(null);
        assertThat((double) calledRight / CASES).as("called right").isGreaterThan(0.85);
        assertThat((double) inside / converging).as("inside the range told").isGreaterThan(0.8);
        assertThat(errors.get(errors.size() / 2)).as("median error").isLessThan(0.1);
    }

    @Test
    void throttling_is_the_least_that_suffices() {
        int throttled = 0;
        List<Double> excess = new ArrayList<>();
        for (Setting setting : steadyGuests(3).subList(0, CASES / 2)) {
            Writer writer = setting.writers().getFirst();
            WriteLoad load = new WriteLoad(writer.kind, (double) writer.pageCount * PAGE, writer.pagesPerSecond * PAGE);
            double least = load.throttleShareMin(setting.bandwidth(), LIMITS.downtimeMillis() / 1e3);
            ConvergenceMeans means = new ConvergenceMeans(0, 0, 0.95, false);
            SimulatedPrecopy run = setting.run(means, List.of());
            assertThat(run.converged).isTrue();
            assertThat(run.pauseMillis).isLessThanOrEqualTo(LIMITS.downtimeMillis());
            if (least > 0 && run.rounds.size() > ConvergenceControl.ROUNDS_TO_JUDGE) {
                throttled++;
                double judgedAt =
                        (run.rounds.get(0).durationMillis() + run.rounds.get(1).durationMillis()) / 1e3;
                double share = run.slowedSeconds / (run.seconds - judgedAt);
                // Of the rate that would just do, how much is left to the guest.
                excess.add((1 - share) / (1 - least));
            }
        }
        excess.sort(null);
        assertThat(throttled).isGreaterThan(CASES / 5);
        assertThat(excess.get(excess.size() / 2))
                .as("median of rate left by rate possible")
                .isGreaterThan(0.85);
        assertThat(excess.get(excess.size() / 20)).as("worst twentieth").isGreaterThan(0.6);
    }

    @Test
    void who_converges_is_not_throttled() {
        int calm = 0;
        int throttled = 0;
        for (Setting setting : steadyGuests(4)) {
            if (setting.run(ConvergenceMeans.NONE, List.of()).converged) {
                calm++;
                throttled += setting.run(ConvergenceMeans.standard(0), List.of()).decisions.stream()
                                .anyMatch(PrecopyDecision.Throttle.class::isInstance)
                        ? 1
                        : 0;
            }
        }
        assertThat(calm).isGreaterThan(CASES / 4);
        assertThat(throttled).isLessThanOrEqualTo(calm / 50);
    }

    @Test
    void mixed_bursty_and_idle_guests_all_end_within_the_pause() {
        SplittableRandom random = new SplittableRandom(5);
        for (int number = 0; number < 100; number++) {
            double bandwidth = PAGES * (double) PAGE / (1 + 3 * random.nextDouble());
            double pagesPerSecond = bandwidth / PAGE;
            Writer sweep = new Writer(WriteKind.CYCLIC, 0, PAGES / 4, pagesPerSecond * random.nextDouble() * 0.5);
            Writer random1 = new Writer(WriteKind.RANDOM, PAGES / 4, PAGES / 2, pagesPerSecond * random.nextDouble());
            Writer bursts =
                    new Writer(WriteKind.RANDOM, 0, PAGES / 2, pagesPerSecond * 2, 2 + 3 * random.nextDouble(), 0.7);
            List<Writer> writers = switch (number % 4) {
                case 0 -> List.of(sweep, random1);
                case 1 -> List.of(bursts);
                case 2 -> List.of(sweep, random1, bursts);
                default -> List.of();
            };
            Setting setting = new Setting(random.nextLong(), PAGES, writers, bandwidth);
            SimulatedPrecopy run = setting.run(new ConvergenceMeans(0, 0, 0.95, false), List.of());
            assertThat(run.converged).as("guest %d: %s", number, run.decisions).isTrue();
            assertThat(run.pauseMillis).isLessThanOrEqualTo(LIMITS.downtimeMillis());
        }
    }

    @Test
    void an_idle_guest_with_empty_pages_is_predicted_to_the_millisecond() {
        SimulatedGuest idle = new SimulatedGuest(6, PAGES, PAGES / 8, List.of());
        double bandwidth = 1e7;
        PrecopyForecast forecast = PrecopyPredictor.predict(new PrecopyPredictor.Question(
                LoadEstimate.exactly(WriteLoad.IDLE),
                Range.exactly(idle.notZeroBytes()),
                0,
                Range.exactly(bandwidth),
                LIMITS,
                EngineCost.NONE));
        Setting setting = new Setting(6, PAGES / 8, List.of(), bandwidth);
        SimulatedPrecopy run = setting.run(ConvergenceMeans.standard(0), List.of());
        assertThat(Math.round(forecast.totalMillis().expected())).isEqualTo(Math.round(run.seconds * 1000));
        assertThat(run.decisions).singleElement().isInstanceOf(PrecopyDecision.SwitchOver.class);
    }
}
