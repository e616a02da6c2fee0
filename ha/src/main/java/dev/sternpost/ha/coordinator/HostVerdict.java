package dev.sternpost.ha.coordinator;

import java.util.Locale;

/** What a coordinator thinks of a host: different words, since each asks for something else. */
public enum HostVerdict {
    /** Not looked at long enough. */
    UNKNOWN("not known yet"),
    /** Renews its lease and is heard. */
    ALIVE("alive"),
    /** Renews its lease, and says that its agent does not live: its virtual machines run, nothing can be started there. */
    AGENT_DOWN("agent down, virtual machines go on"),
    /** Renews its lease, and says that it hears nobody: it does with its virtual machines what each one's isolation response says. */
    ISOLATED("isolated"),
    /** Renews its lease, hears others, but is not heard here: its virtual machines run, and are left alone. */
    PARTITIONED("partitioned"),
    /** Heard, but does not renew: it stops its virtual machines, and once its lease is over they start elsewhere. */
    STORAGE_LOST("heard, and does not renew its lease: its storage is lost, or its guard hangs"),
    /** Neither renews nor is heard, not long enough to be sure. */
    SILENT("silent"),
    /** Its lease is over and it is not heard. */
    DEAD("dead");

    private final String words;

    HostVerdict(String words) {
        this.words = words;
    }

    /** As the end of a sentence about the host. */
    public String words() {
        return words;
    }

    String told() {
        String word = name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return word.equals(words) ? word : word + " (" + words + ")";
    }
}
