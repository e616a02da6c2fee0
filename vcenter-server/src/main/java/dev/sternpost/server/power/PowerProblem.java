package dev.sternpost.server.power;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.server.powercontrol.PowerAnswer;
import org.jspecify.annotations.Nullable;

/** An answer about a machine's power that helps nobody. */
record PowerProblem(FaultCode code, String words) {
    /** Null when the answer is a good one. */
    static @Nullable PowerProblem of(PowerAnswer answer) {
        return switch (answer) {
            case PowerAnswer.Is ignored -> null;
            case PowerAnswer.Done() -> null;
            case PowerAnswer.Already() -> null;
            case PowerAnswer.CredentialsRefused(String detail) ->
                new PowerProblem(
                        FaultCode.POWER_CREDENTIALS_REFUSED, "its controller refuses the credentials: " + detail);
            case PowerAnswer.Unreachable(String detail) ->
                new PowerProblem(FaultCode.POWER_CONTROL_UNREACHABLE, "its power control is not reached: " + detail);
            case PowerAnswer.Failed(String detail) ->
                new PowerProblem(FaultCode.POWER_CONTROL_FAILED, "its power control failed: " + detail);
        };
    }
}
