package dev.sternpost.fleet.host;

import java.util.Locale;
import java.util.Optional;

/** What can be the matter with a simulated host. */
public enum HostFault {
    /** Its power is cut: guests end, the stream breaks. Healed, it boots: a new incarnation, everything off. */
    DEAD,
    /** The network to the server is cut; guests run on. */
    PARTITION,
    /** Whatever it is told takes twenty times as long. */
    SLOW,
    /** Speaks of another host's virtual machine as if it ran here, under an old generation, and answers without doing. */
    LYING,
    /** Its datastores take nothing any more. */
    DISK_FULL;

    /** The word for it on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The fault a word stands for. */
    public static Optional<HostFault> of(String word) {
        for (HostFault fault : values()) {
            if (fault.word().equals(word)) {
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }
}
