package dev.sternpost.bench;

import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import java.util.List;

/** Something that balances a cluster over a day. */
interface DayPolicy {
    /** How often it is asked. */
    int periodMinutes();

    /**
     * The moves to make now.
     *
     * @param measured demand as it was just seen
     * @param expected demand as our own model expects it
     */
    List<VmMove> moves(DrsSnapshot measured, DrsSnapshot expected);
}
