package dev.sternpost.vmotion.precopy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Predicts a pre-copy: follows each load that is likely through its rounds, at the least, the expected and the highest bandwidth.
 * What 10 to 90 percent of the likely cases say is the range.
 */
public final class PrecopyPredictor {
    private static final double LOW = 0.1;
    private static final double HIGH = 0.9;

    private PrecopyPredictor() {}

    /**
     * What is predicted.
     *
     * @param load how the guest writes
     * @param leftBytes to send: before the move all memory that is not zero
     * @param goneSeconds of the round under way; 0 before the move
     * @param bandwidthBytesPerSecond of the stream; positive
     * @param limits of pause and time, from now
     * @param cost of the engine
     */
    public record Question(
            LoadEstimate load,
            Range leftBytes,
            double goneSeconds,
            Range bandwidthBytesPerSecond,
            PrecopyLimits limits,
            EngineCost cost) {

        public Question {
            if (!(bandwidthBytesPerSecond.low() > 0) || leftBytes.low() < 0 || goneSeconds < 0) {
                throw new IllegalArgumentException("a stream carries something, and nothing is less than nothing");
            }
        }

        PrecopyCourse course(WriteLoad write, double left, double bandwidth, double pauseMillis) {
            double startSeconds = goneSeconds == 0 ? cost.setupMillis() / 1000 : 0;
            return PrecopyCourse.of(
                    write,
                    left,
                    goneSeconds,
                    new PrecopyCourse.Terms(
                            bandwidth,
                            limits,
                            cost.roundMillis() / 1000,
                            startSeconds,
                            cost.finishMillis() / 1000,
                            pauseMillis));
        }

        Question with(LoadEstimate otherLoad, Range otherBandwidth) {
            return new Question(otherLoad, leftBytes, goneSeconds, otherBandwidth, limits, cost);
        }
    }

    private record Case(double weight, PrecopyCourse course) {}

    public static PrecopyForecast predict(Question question) {
        Range bandwidth = question.bandwidthBytesPerSecond();
        Range left = question.leftBytes();
        Range pause = question.cost().pauseMillis();
        List<Case> quick = new ArrayList<>();
        List<Case> middle = new ArrayList<>();
        List<Case> slow = new ArrayList<>();
        double convergence = 0;
        for (LoadEstimate.Weighted one : question.load().loads()) {
            PrecopyCourse expected =
                    question.course(one.load(), left.expected(), bandwidth.expected(), pause.expected());
            convergence += expected.converges() ? one.weight() : 0;
            middle.add(new Case(one.weight(), expected));
            quick.add(new Case(one.weight(), question.course(one.load(), left.low(), bandwidth.high(), pause.low())));
            slow.add(new Case(one.weight(), question.course(one.load(), left.high(), bandwidth.low(), pause.high())));
        }
        if (convergence > 0) {
            List.of(quick, middle, slow).forEach(PrecopyPredictor::keepConverging);
        }
        return new PrecopyForecast(
                Math.min(1, convergence),
                range(quick, middle, slow, course -> course.seconds() * 1000),
                range(quick, middle, slow, PrecopyCourse::pauseMillis),
                range(quick, middle, slow, PrecopyCourse::sentBytes),
                range(quick, middle, slow, PrecopyCourse::rounds),
                question.load().best(),
                bandwidth.expected());
    }

    /** The likeliest load at the expected bandwidth, and nothing else: quick, for who asks of many guests. */
    public static PrecopyCourse likeliest(Question question) {
        return question.course(
                question.load().best(),
                question.leftBytes().expected(),
                question.bandwidthBytesPerSecond().expected(),
                question.cost().pauseMillis().expected());
    }

    /** How likely it is to converge. Quicker than a whole forecast. */
    static double convergence(Question question) {
        double convergence = 0;
        for (LoadEstimate.Weighted one : question.load().loads()) {
            PrecopyCourse course = question.course(
                    one.load(),
                    question.leftBytes().expected(),
                    question.bandwidthBytesPerSecond().expected(),
                    0);
            convergence += course.converges() ? one.weight() : 0;
        }
        return convergence;
    }

    private static void keepConverging(List<Case> cases) {
        if (cases.stream().anyMatch(one -> one.course().converges())) {
            cases.removeIf(one -> !one.course().converges());
        }
    }

    private static Range range(
            List<Case> quick, List<Case> middle, List<Case> slow, ToDoubleFunction<PrecopyCourse> figure) {
        double expected = quantile(middle, 0.5, figure);
        return new Range(
                Math.min(expected, quantile(quick, LOW, figure)),
                expected,
                Math.max(expected, quantile(slow, HIGH, figure)));
    }

    private static double quantile(List<Case> cases, double share, ToDoubleFunction<PrecopyCourse> figure) {
        List<Case> sorted = cases.stream()
                .sorted(Comparator.comparingDouble(one -> figure.applyAsDouble(one.course())))
                .toList();
        double all = sorted.stream().mapToDouble(Case::weight).sum();
        double sum = 0;
        for (Case one : sorted) {
            sum += one.weight();
            if (sum >= share * all) {
                return figure.applyAsDouble(one.course());
            }
        }
        return figure.applyAsDouble(sorted.getLast().course());
    }
}
