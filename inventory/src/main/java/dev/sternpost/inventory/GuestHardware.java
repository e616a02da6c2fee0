package dev.sternpost.inventory;

import java.util.Objects;

/**
 * The machine that a running guest sees, fixed when it was powered on. Only a host that can give it the same can take it over.
 *
 * @param machineType versioned, such as "pc-q35-7.2"; empty while it is not known
 * @param cpuModel such as "Nehalem"; empty while it is not known
 */
public record GuestHardware(String machineType, String cpuModel) {
    /** Of a VM that does not run, or whose host has not told. */
    public static final GuestHardware UNKNOWN = new GuestHardware("", "");

    public GuestHardware {
        Objects.requireNonNull(machineType, "machineType");
        Objects.requireNonNull(cpuModel, "cpuModel");
    }
}
