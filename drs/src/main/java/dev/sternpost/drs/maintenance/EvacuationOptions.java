package dev.sternpost.drs.maintenance;

/**
 * How a host is emptied.
 *
 * @param migrationsAtOnce live migrations that go on at the same time
 * @param movePoweredOff whether VMs that do not run are registered on other hosts too
 */
public record EvacuationOptions(int migrationsAtOnce, boolean movePoweredOff) {
    public EvacuationOptions {
        if (migrationsAtOnce < 1) {
            throw new IllegalArgumentException("at least one migration goes on at a time");
        }
    }

    /** Two at once; VMs that do not run stay. */
    public static EvacuationOptions standard() {
        return new EvacuationOptions(2, false);
    }
}
