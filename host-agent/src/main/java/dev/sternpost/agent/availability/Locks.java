package dev.sternpost.agent.availability;

import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.inventory.HostId;
import java.util.Optional;

/** Locks in the words of the machines and in those of the datastore. */
final class Locks {
    private Locks() {}

    static LockState state(Optional<LockHolder> holder) {
        if (holder.isEmpty()) {
            return new LockState.Absent();
        }
        LockHolder found = holder.get();
        return found.isReleased()
                ? new LockState.Released(found.generation())
                : new LockState.Held(new HostId(found.hostId()), found.generation());
    }

    /** @param incarnation of the agent that writes it */
    static Optional<LockHolder> holder(LockState state, long incarnation) {
        return switch (state) {
            case LockState.Absent _ -> Optional.empty();
            case LockState.Released released -> Optional.of(LockHolder.released(released.generation()));
            case LockState.Held held ->
                Optional.of(new LockHolder(held.hostId().value(), incarnation, held.generation(), ""));
        };
    }
}
