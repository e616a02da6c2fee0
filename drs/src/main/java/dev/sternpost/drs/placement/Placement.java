package dev.sternpost.drs.placement;

import dev.sternpost.inventory.HostId;
import java.util.List;
import java.util.stream.Collectors;

/** The answer of placement, with what it thinks of every host, best first. */
public sealed interface Placement {

    List<HostVerdict> verdicts();

    /** A host was found. */
    record Placed(HostId hostId, List<HostVerdict> verdicts) implements Placement {
        public Placed {
            verdicts = List.copyOf(verdicts);
        }
    }

    /** No host will do. */
    record Unplaceable(List<HostVerdict> verdicts) implements Placement {
        public Unplaceable {
            verdicts = List.copyOf(verdicts);
        }

        /** Every host with its reasons, for a message. */
        public String reasons() {
            return verdicts.isEmpty()
                    ? "there is no host to choose from"
                    : verdicts.stream()
                            .map(verdict -> verdict.hostName() + ": " + String.join(", ", verdict.obstacles()))
                            .collect(Collectors.joining("; "));
        }
    }
}
