package dev.sternpost.ha.table;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.Objects;

/**
 * What a host says about one of its protected virtual machines.
 *
 * @param generation under which the host holds or held it
 */
public record VmEntry(VirtualMachineId vmId, long generation, Phase phase) {

    /** How far it is. */
    public enum Phase {
        /** Being started: listed before the lock is asked for, so that nothing runs that is not listed. */
        STARTING('s'),
        /** Runs. */
        RUNNING('r'),
        /** Runs, and its guest says that it is up. */
        GUEST_UP('g'),
        /** Does not run though it should, and its lock still names the host. */
        LOST('l'),
        /** Does not run though it should, and its lock is free. */
        RELEASED('f'),
        /** Shut down because somebody wanted that; its lock still names the host, and is about to go. */
        OFF('o');

        private final char letter;

        Phase(char letter) {
            this.letter = letter;
        }

        /** Whether the guest executes. */
        public boolean runs() {
            return this == RUNNING || this == GUEST_UP;
        }

        static Phase of(char letter) {
            for (Phase phase : values()) {
                if (phase.letter == letter) {
                    return phase;
                }
            }
            throw new IllegalArgumentException("no phase: " + letter);
        }
    }

    public VmEntry {
        Objects.requireNonNull(vmId, "vmId");
        Objects.requireNonNull(phase, "phase");
    }

    String encoded() {
        return vmId.number() + ":" + generation + phase.letter;
    }

    static VmEntry parse(String text) {
        int at = text.indexOf(':');
        if (at < 1 || text.length() < at + 3) {
            throw new IllegalArgumentException("no entry: " + text);
        }
        return new VmEntry(
                VirtualMachineId.of(Long.parseLong(text.substring(0, at))),
                LockState.plausible(Long.parseLong(text.substring(at + 1, text.length() - 1))),
                Phase.of(text.charAt(text.length() - 1)));
    }
}
