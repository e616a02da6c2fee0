package dev.sternpost.inventory;

/** How much a virtual machine or resource pool weighs against its siblings, in the field's steps. */
public enum SharesLevel {
    /** Half of normal. */
    LOW(0.5),
    NORMAL(1),
    /** Twice normal. */
    HIGH(2),
    /** A number of its own. */
    CUSTOM(0);

    private final double factor;

    SharesLevel(double factor) {
        this.factor = factor;
    }

    long of(long normal, long custom) {
        return this == CUSTOM ? custom : Math.max(1, Math.round(normal * factor));
    }
}
