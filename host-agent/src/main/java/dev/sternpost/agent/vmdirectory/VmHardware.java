package dev.sternpost.agent.vmdirectory;

import java.util.regex.Pattern;

/**
 * The machine that a guest sees, fixed when it is powered on and the same until it is powered off: a guest that moves to another host, or goes on
 * from its saved memory, must find what it left, whatever is newer there by then.
 *
 * @param machineType versioned, such as "pc-q35-7.2"; empty when it was never powered on
 * @param cpuModel such as "Nehalem"; empty when it was never powered on
 */
public record VmHardware(String machineType, String cpuModel) {
    // Both become arguments of a program.
    private static final Pattern MACHINE = Pattern.compile("[A-Za-z0-9_.-]{0,64}");
    private static final Pattern CPU = Pattern.compile("[A-Za-z0-9_.,=+-]{0,200}");

    /** Of a VM that was never powered on. Stands behind what its constructor uses. */
    public static final VmHardware NONE = new VmHardware("", "");

    public VmHardware {
        if (!MACHINE.matcher(machineType).matches() || machineType.startsWith("-")) {
            throw new IllegalArgumentException("\"" + machineType + "\" is no type of machine");
        }
        if (!CPU.matcher(cpuModel).matches() || cpuModel.startsWith("-")) {
            throw new IllegalArgumentException("\"" + cpuModel + "\" is no model of CPU");
        }
        if (machineType.isEmpty() != cpuModel.isEmpty()) {
            throw new IllegalArgumentException("a machine has a type and a model of CPU, or neither");
        }
    }

    /** Whether it was fixed. */
    public boolean isFixed() {
        return !machineType.isEmpty();
    }
}
