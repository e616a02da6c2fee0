package dev.sternpost.inventory.power;

/** How much power management does. */
public enum PowerLevel {
    /** Nothing. */
    OFF("off"),
    /** It recommends, a person applies. */
    MANUAL("manual"),
    /** It puts hosts into stand-by and wakes them by itself. */
    AUTOMATIC("automatic");

    private final String words;

    PowerLevel(String words) {
        this.words = words;
    }

    /** As administrators know it. */
    public String words() {
        return words;
    }
}
