package dev.sternpost.server.power;

import dev.sternpost.inventory.power.HostPowerSetup;
import dev.sternpost.inventory.power.PowerMethod;
import dev.sternpost.inventory.power.WakeTest;
import java.util.Optional;

/** Which hosts power management may put into stand-by: those that have shown that they can be woken. */
final class Eligibility {
    private Eligibility() {}

    /** Why a host is left alone, as the end of a sentence about it; empty when it takes part. */
    static Optional<String> obstacle(HostPowerSetup setup) {
        WakeTest test = setup.lastTest();
        if (setup.method() == PowerMethod.NONE) {
            return Optional.of("has no way to be woken; set one up with: sternpost host power");
        }
        if (test == null) {
            return Optional.of("has not shown yet that it can be woken; try it with: sternpost host wake-test");
        }
        return test.passed()
                ? Optional.empty()
                : Optional.of("did not wake when it was to (%s); once it does again: sternpost host wake-test"
                        .formatted(test.detail()));
    }
}
