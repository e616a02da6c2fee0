package dev.sternpost.vmotion.precopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sternpost.testkit.Property;
import org.junit.jupiter.api.Test;

class PrecopyModelTest {

    @Test
    void the_residual_share_has_the_published_values() {
        assertThat(PrecopyModel.residualShareUniform(0.9)).isZero();
        assertThat(PrecopyModel.residualShareUniform(1.25)).isCloseTo(0.37, within(0.005));
        assertThat(PrecopyModel.residualShareUniform(2)).isCloseTo(0.80, within(0.005));
        assertThat(PrecopyModel.residualShareUniform(3)).isCloseTo(0.94, within(0.005));
    }

    @Test
    void the_residual_share_is_where_the_rounds_of_a_random_writer_settle() {
        Property.holds("rounds settle at the fixed point", random -> {
            double lambda = random.between(1.05, 4.0);
            double hotSet = random.between(1e6, 1e9);
            double bandwidth = random.between(1e7, 1e9);
            double left = hotSet;
            for (int round = 0; round < 2_000; round++) {
                left = PrecopyModel.uniqueBytesUniform(hotSet, lambda * bandwidth, left / bandwidth);
            }
            assertThat(left / hotSet).isCloseTo(PrecopyModel.residualShareUniform(lambda), within(1e-3));
        });
    }

    @Test
    void the_number_of_rounds_is_the_first_one_whose_rest_fits() {
        Property.holds("rounds at a constant rate", random -> {
            double memory = random.between(1e7, 1e10);
            double bandwidth = random.between(1e7, 1e9);
            double lambda = random.between(0.05, 0.95);
            double downtime = random.between(0.01, 1.0);
            int rounds = PrecopyModel.roundsConstantRate(memory, bandwidth, lambda, downtime);
            double fits = bandwidth * downtime;
            assertThat(PrecopyModel.remainingConstantRate(memory, lambda, rounds))
                    .isLessThanOrEqualTo(fits * 1.000001);
            if (rounds > 0) {
                assertThat(PrecopyModel.remainingConstantRate(memory, lambda, rounds - 1))
                        .isGreaterThan(fits * 0.999999);
            }
        });
    }

    @Test
    void a_constant_rate_at_or_above_the_bandwidth_never_converges() {
        assertThat(PrecopyModel.roundsConstantRate(1e9, 1e8, 1, 0.3)).isEqualTo(-1);
    }

    @Test
    void bytes_sent_are_the_sum_of_the_rounds() {
        double sum = 0;
        for (int round = 0; round <= 5; round++) {
            sum += PrecopyModel.remainingConstantRate(1e9, 0.6, round);
        }
        assertThat(PrecopyModel.sentConstantRate(1e9, 0.6, 5)).isCloseTo(sum, within(1.0));
    }

    @Test
    void at_the_highest_write_rate_the_residual_just_fits_into_the_pause() {
        Property.holds("minimal throttle", random -> {
            double hotSet = random.between(1e7, 1e9);
            double bandwidth = random.between(1e7, 1e9);
            double downtime = random.between(0.01, 0.9) * hotSet / bandwidth;
            double rate = PrecopyModel.writeRateMaxUniform(hotSet, bandwidth, downtime);
            double residual = PrecopyModel.residualShareUniform(rate / bandwidth) * hotSet;
            assertThat(residual).isCloseTo(bandwidth * downtime, within(bandwidth * downtime * 0.01));
        });
        assertThat(PrecopyModel.writeRateMaxUniform(1e6, 1e8, 0.3)).isInfinite();
    }

    @Test
    void a_sweep_dirties_its_hot_set_at_most_once() {
        assertThat(PrecopyModel.uniqueBytesCyclic(100, 50, 1)).isEqualTo(50);
        assertThat(PrecopyModel.uniqueBytesCyclic(100, 50, 10)).isEqualTo(100);
    }
}
