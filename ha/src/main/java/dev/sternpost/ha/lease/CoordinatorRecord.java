package dev.sternpost.ha.lease;

import dev.sternpost.ha.text.Lines;
import dev.sternpost.inventory.HostId;
import java.util.Objects;
import java.util.Optional;

/**
 * What a coordinator writes again and again.
 *
 * @param term rises with each coordinator
 * @param sequence rises with each write
 * @param resigned its holder left by itself, so that nobody need wait
 */
record CoordinatorRecord(HostId hostId, long term, long sequence, boolean resigned) {
    private static final String KIND = "coordinator";

    CoordinatorRecord {
        Objects.requireNonNull(hostId, "hostId");
    }

    boolean isOf(HostId host, long itsTerm) {
        return hostId.equals(host) && term == itsTerm;
    }

    String encoded() {
        return Lines.of(KIND)
                .with("host", hostId)
                .with("term", term)
                .with("sequence", sequence)
                .with("resigned", resigned)
                .encoded();
    }

    static Optional<CoordinatorRecord> decode(String text) {
        return Lines.decode(KIND, text).flatMap(lines -> {
            try {
                return Optional.of(new CoordinatorRecord(
                        new HostId(lines.text("host")),
                        lines.number("term"),
                        lines.number("sequence"),
                        lines.flag("resigned")));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }
}
