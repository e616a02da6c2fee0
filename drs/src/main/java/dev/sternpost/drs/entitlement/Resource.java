package dev.sternpost.drs.entitlement;

/** What is shared out. */
public enum Resource {
    /** In MHz. */
    CPU,
    /** In bytes. */
    MEMORY;

    /** An amount in words, such as "2400 MHz" or "512 MiB". */
    public String amount(double value) {
        return switch (this) {
            case CPU -> Math.round(value) + " MHz";
            case MEMORY -> Math.round(value / (1L << 20)) + " MiB";
        };
    }
}
