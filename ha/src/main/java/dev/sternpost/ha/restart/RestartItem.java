package dev.sternpost.ha.restart;

import dev.sternpost.ha.table.LockState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine that is to be started again.
 *
 * @param expected what its lock is believed to say
 * @param believedMillis since when that is known
 * @param wantedSinceMillis when it was found to be down
 * @param attempts orders that failed
 * @param notBeforeMillis not ordered earlier
 * @param target where it was ordered to start; null unless ORDERED
 * @param sinceMillis when it was ordered first there; once it runs, since when it has been what its readiness asks for
 * @param sentMillis when the order was sent last
 * @param planned where it is to start when its turn comes; null when that is not known yet
 * @param avoided hosts that failed with it, each with the end of its punishment
 * @param reason why the last attempt failed; empty when none did
 */
public record RestartItem(
        VirtualMachineId vmId,
        LockState expected,
        long believedMillis,
        Stage stage,
        long wantedSinceMillis,
        int attempts,
        long notBeforeMillis,
        @Nullable HostId target,
        long sinceMillis,
        long sentMillis,
        @Nullable HostId planned,
        SortedMap<HostId, Long> avoided,
        String reason) {

    /** How far it is. */
    public enum Stage {
        /** Waits for its turn, for those it depends on, for a host, or for its next attempt. */
        WAITING,
        /** A host was told to start it. */
        ORDERED,
        /** Seen running, not yet ready for those that wait for it. */
        RUNNING
    }

    public RestartItem {
        Objects.requireNonNull(expected, "expected");
        avoided = Collections.unmodifiableSortedMap(new TreeMap<>(avoided));
    }

    static RestartItem wanted(VirtualMachineId vmId, LockState expected, long believed, long at) {
        return new RestartItem(
                vmId, expected, believed, Stage.WAITING, at, 0, at, null, at, at, null, new TreeMap<>(), "");
    }

    RestartItem ordered(HostId host, long at) {
        return new RestartItem(
                vmId,
                expected,
                believedMillis,
                Stage.ORDERED,
                wantedSinceMillis,
                attempts,
                notBeforeMillis,
                host,
                at,
                at,
                null,
                avoided,
                reason);
    }

    RestartItem sentAgain(long at) {
        return new RestartItem(
                vmId,
                expected,
                believedMillis,
                stage,
                wantedSinceMillis,
                attempts,
                notBeforeMillis,
                target,
                sinceMillis,
                at,
                null,
                avoided,
                reason);
    }

    RestartItem running(long at) {
        return new RestartItem(
                vmId,
                expected,
                believedMillis,
                Stage.RUNNING,
                wantedSinceMillis,
                attempts,
                notBeforeMillis,
                null,
                at,
                at,
                null,
                avoided,
                reason);
    }

    RestartItem planned(@Nullable HostId host) {
        return new RestartItem(
                vmId,
                expected,
                believedMillis,
                stage,
                wantedSinceMillis,
                attempts,
                notBeforeMillis,
                target,
                sinceMillis,
                sentMillis,
                host,
                avoided,
                reason);
    }

    /** Back to waiting, believing something else of the lock. */
    RestartItem believing(LockState lock, long believed, long notBefore) {
        return new RestartItem(
                vmId,
                lock,
                believed,
                Stage.WAITING,
                wantedSinceMillis,
                attempts,
                notBefore,
                null,
                sinceMillis,
                sentMillis,
                planned,
                avoided,
                reason);
    }

    RestartItem failed(SortedMap<HostId, Long> newAvoided, long notBefore, String why) {
        return new RestartItem(
                vmId,
                expected,
                believedMillis,
                Stage.WAITING,
                wantedSinceMillis,
                attempts + 1,
                notBefore,
                null,
                sinceMillis,
                sentMillis,
                null,
                newAvoided,
                why);
    }

    RestartItem because(String why) {
        return new RestartItem(
                vmId,
                expected,
                believedMillis,
                stage,
                wantedSinceMillis,
                attempts,
                notBeforeMillis,
                target,
                sinceMillis,
                sentMillis,
                planned,
                avoided,
                why);
    }
}
