package dev.sternpost.drs.entitlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WaterFillingTest {
    private static double[] fill(double amount, double[] floors, double[] wants, double[] shares) {
        double[] into = new double[wants.length];
        WaterFilling.fill(amount, floors, wants, shares, into, 0, wants.length);
        return into;
    }

    @Test
    void shares_decide_when_there_is_not_enough() {
        assertThat(fill(3000, new double[2], new double[] {4000, 4000}, new double[] {2000, 1000}))
                .containsExactly(2000, 1000);
    }

    @Test
    void what_one_does_not_want_the_others_get() {
        assertThat(fill(3000, new double[2], new double[] {500, 4000}, new double[] {2000, 1000}))
                .containsExactly(500, 2500);
    }

    @Test
    void a_reservation_is_kept_whatever_the_shares() {
        assertThat(fill(3000, new double[] {0, 2500}, new double[] {4000, 4000}, new double[] {2000, 1}))
                .containsExactly(500, 2500);
    }

    @Test
    void promises_that_no_longer_fit_shrink_alike() {
        assertThat(fill(1500, new double[] {1000, 2000}, new double[] {4000, 4000}, new double[] {1, 9}))
                .containsExactly(500, 1000);
    }

    @Test
    void the_sum_is_exact_bounds_hold_and_one_level_explains_all() {
        Property.holds("water-filling", random -> {
            int count = random.sized(1, 60);
            double[] wants = drawn(random, count, 0, 5000);
            double[] floors = new double[count];
            Arrays.setAll(floors, i -> random.chance(0.3) ? wants[i] * random.between(0.0, 1.0) : 0);
            double[] shares = drawn(random, count, 1, 4000);
            double floor = Arrays.stream(floors).sum();
            double wanted = Arrays.stream(wants).sum();
            double amount = floor + (wanted - floor) * random.between(0.0, 1.2);
            double[] given = fill(amount, floors, wants, shares);
            assertThat(Arrays.stream(given).sum()).isCloseTo(Math.min(amount, wanted), within(1e-6 * (1 + wanted)));
            double level = 0;
            for (int i = 0; i < count; i++) {
                assertThat(given[i]).isBetween(floors[i] - 1e-9, wants[i] + 1e-9);
                if (given[i] > floors[i] + 1e-9) {
                    level = Math.max(level, given[i] / shares[i]);
                }
            }
            for (int i = 0; i < count; i++) {
                assertThat(given[i]).isGreaterThanOrEqualTo(Math.min(wants[i], level * shares[i]) - 1e-6);
            }
        });
    }

    @Test
    void more_shares_never_mean_less() {
        Property.holds("monotone in shares", random -> {
            int count = random.sized(1, 30);
            double[] wants = drawn(random, count, 0, 5000);
            double[] floors = new double[count];
            Arrays.setAll(floors, i -> random.chance(0.3) ? wants[i] * random.between(0.0, 1.0) : 0);
            double[] shares = drawn(random, count, 1, 4000);
            double amount = random.between(0.0, 1.0) * Arrays.stream(wants).sum();
            double[] before = fill(amount, floors, wants, shares);
            int raised = random.between(0, count - 1);
            shares[raised] *= random.between(1.0, 10.0);
            assertThat(fill(amount, floors, wants, shares)[raised]).isGreaterThanOrEqualTo(before[raised] - 1e-6);
        });
    }

    private static double[] drawn(Generator random, int count, double min, double max) {
        double[] values = new double[count];
        Arrays.setAll(values, i -> random.between(min, max));
        return values;
    }
}
