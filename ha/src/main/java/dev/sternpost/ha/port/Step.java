package dev.sternpost.ha.port;

import java.util.List;
import java.util.Objects;

/**
 * What a machine made of one input.
 *
 * @param state how it goes on
 * @param effects to be started in this order
 */
public record Step<S>(S state, List<Effect> effects) {
    public Step {
        Objects.requireNonNull(state, "state");
        effects = List.copyOf(effects);
    }

    /** Nothing to do. */
    public static <S> Step<S> stay(S state) {
        return new Step<>(state, List.of());
    }
}
