package dev.sternpost.inventory.availability;

import dev.sternpost.inventory.ClusterId;
import java.util.Objects;

/**
 * Which configuration the hosts of a cluster were told last.
 *
 * @param version rises with each change of the content
 * @param digest of the content, so that a server that starts knows whether it says anything new
 */
public record ToldVersion(ClusterId clusterId, long version, String digest) {
    public ToldVersion {
        Objects.requireNonNull(clusterId, "clusterId");
        Objects.requireNonNull(digest, "digest");
        if (version < 1) {
            throw new IllegalArgumentException("versions begin at 1, not " + version);
        }
    }
}
