package dev.sternpost.fleet.host;

import dev.sternpost.proto.agent.v1.Command.OperationCase;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long a host takes for what it is told: medians of a host with KVM and local flash, spread as such times are, with
 * a long tail (log-normal, σ 0.35).
 *
 * @param factor all of them times this; 0 for none at all
 */
public record Latency(double factor) {
    private static final double SPREAD = 0.35;
    private static final double SLOW_FACTOR = 20;

    public Latency {
        if (factor < 0 || factor > 100) {
            throw new IllegalArgumentException("the latency factor is 0 to 100, not " + factor);
        }
    }

    /** Drawn anew each time. */
    long millisOf(OperationCase operation, boolean slow) {
        SplittableRandom lot = new SplittableRandom(ThreadLocalRandom.current().nextLong());
        double spread = Math.exp(SPREAD * lot.nextGaussian());
        return Math.round(medianMillis(operation) * spread * factor * (slow ? SLOW_FACTOR : 1));
    }

    /** Time that goes by in the simulated world, scaled likewise. */
    long scaled(double millis) {
        return Math.round(millis * factor);
    }

    private static double medianMillis(OperationCase operation) {
        return switch (operation) {
            case CREATE_VM -> 45;
            case DELETE_VM -> 20;
            case POWER_ON_VM -> 180;
            case POWER_OFF_VM -> 60;
            case SHUTDOWN_VM -> 2_500;
            case SUSPEND_VM -> 800;
            case RESET_VM, RECONFIGURE_VM, RELEASE_SOURCE -> 25;
            case PREPARE_INCOMING -> 150;
            case SWITCH_OVER -> 70;
            case RUN_PROGRAM -> 120;
            case ADOPT_VM, FORGET_VM, RENAME_VM, CANCEL_MIGRATION, ABORT_INCOMING, ANNOUNCE_VM -> 10;
            case ACTIVATE_INCOMING,
                    START_MIGRATION,
                    READ_VM_DIRECTORY,
                    READ_CONSOLE,
                    SCREENSHOT,
                    BROWSE,
                    QUERY_VM,
                    APPLY_ALLOCATIONS,
                    POWER_OFF_HOST,
                    SEND_MAGIC_PACKET,
                    MOVE_FILES,
                    SWITCH_FILES,
                    CANCEL_FILE_MOVE,
                    REMOVE_MOVED_FILES,
                    RECEIVE_FILES,
                    SEND_FILES,
                    HAND_OVER_FILES,
                    TAKE_FILES,
                    OPERATION_NOT_SET -> 3;
        };
    }
}
