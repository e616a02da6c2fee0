package dev.sternpost.server.power;

import dev.sternpost.drs.power.PowerAdvice;
import dev.sternpost.drs.power.PowerPlan;
import dev.sternpost.inventory.ClusterId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A look at the power of a cluster.
 *
 * @param number of the look; begins anew when the server does
 * @param trigger what it was made for, in words
 * @param stopped why there is no more advice, in words
 * @param kept hosts that stay as they are
 */
public record PowerPass(
        long number,
        ClusterId clusterId,
        Instant time,
        String trigger,
        String stopped,
        List<Recommended> recommended,
        List<PowerPlan.Kept> kept) {
    public PowerPass {
        recommended = List.copyOf(recommended);
        kept = List.copyOf(kept);
    }

    /** What has become of a recommendation. */
    public enum State {
        /** Waits for a person, or for its turn. */
        PENDING,
        /** A task does it. */
        APPLIED,
        /** It could not be applied; the next look decides anew. */
        FAILED
    }

    /**
     * A recommendation and what has become of it.
     *
     * @param id such as "dpm-41-1"
     * @param automatic whether its host's level lets it be done without asking
     * @param taskId empty until applied
     * @param failure why it could not be applied; empty unless failed
     */
    public record Recommended(
            String id, PowerAdvice advice, boolean automatic, State state, String taskId, String failure) {
        public Recommended {
            Objects.requireNonNull(advice, "advice");
            Objects.requireNonNull(state, "state");
        }

        Recommended applied(String newTaskId) {
            return new Recommended(id, advice, automatic, State.APPLIED, newTaskId, "");
        }

        Recommended failed(String newFailure) {
            return new Recommended(id, advice, automatic, State.FAILED, "", newFailure);
        }
    }

    PowerPass withRecommended(List<Recommended> newRecommended) {
        return new PowerPass(number, clusterId, time, trigger, stopped, newRecommended, kept);
    }
}
