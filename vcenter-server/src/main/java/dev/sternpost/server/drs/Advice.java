package dev.sternpost.server.drs;

import dev.sternpost.drs.recommendation.Recommendation;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Map;
import java.util.Objects;

/**
 * A recommendation and what has become of it.
 *
 * @param id such as "drs-41-2"
 * @param taskIds the tasks that move VMs, by VM; empty until it is applied
 * @param failure why it could not be applied; empty unless {@link State#FAILED}
 */
public record Advice(
        String id, Recommendation recommendation, State state, Map<VirtualMachineId, String> taskIds, String failure) {
    /** What has become of it. */
    public enum State {
        /** Waits for a person, or for its turn. */
        PENDING,
        /** Its moves are tasks now. */
        APPLIED,
        /** A person does not want it. */
        DISMISSED,
        /** It could not be applied; the next pass looks again. */
        FAILED
    }

    public Advice {
        Objects.requireNonNull(recommendation, "recommendation");
        Objects.requireNonNull(state, "state");
        taskIds = Map.copyOf(taskIds);
    }

    static Advice pending(long pass, Recommendation recommendation) {
        return new Advice(
                "drs-%d-%d".formatted(pass, recommendation.number()), recommendation, State.PENDING, Map.of(), "");
    }

    Advice applied(Map<VirtualMachineId, String> newTaskIds) {
        return new Advice(id, recommendation, State.APPLIED, newTaskIds, "");
    }

    Advice dismissed() {
        return new Advice(id, recommendation, State.DISMISSED, taskIds, "");
    }

    Advice failed(Map<VirtualMachineId, String> newTaskIds, String newFailure) {
        return new Advice(id, recommendation, State.FAILED, newTaskIds, newFailure);
    }
}
