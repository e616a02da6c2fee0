package dev.sternpost.vmotion.compatibility;

import java.util.Objects;

/**
 * One reason why a VM cannot move to a host.
 *
 * @param kind what is in the way
 * @param reason one sentence with the names concerned
 * @param remedy what an administrator can do about it
 */
public record Obstacle(ObstacleKind kind, String reason, String remedy) {
    public Obstacle {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(remedy, "remedy");
    }
}
