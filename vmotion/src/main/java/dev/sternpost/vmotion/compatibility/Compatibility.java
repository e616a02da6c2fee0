package dev.sternpost.vmotion.compatibility;

import java.util.List;
import java.util.stream.Collectors;

/** Whether a VM can move to a host. */
public sealed interface Compatibility {

    /** Nothing is in the way. */
    record Compatible() implements Compatibility {}

    /** Everything that is in the way; never empty. */
    record Incompatible(List<Obstacle> obstacles) implements Compatibility {
        public Incompatible {
            obstacles = List.copyOf(obstacles);
            if (obstacles.isEmpty()) {
                throw new IllegalArgumentException("an incompatible move has at least one obstacle");
            }
        }

        /** All reasons and remedies in one text. */
        public String explanation() {
            return obstacles.stream()
                    .map(obstacle -> obstacle.reason() + ": " + obstacle.remedy())
                    .collect(Collectors.joining("; "));
        }
    }
}
