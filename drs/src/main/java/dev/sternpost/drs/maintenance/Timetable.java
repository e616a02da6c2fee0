package dev.sternpost.drs.maintenance;

import dev.sternpost.drs.recommendation.VmMove;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lays migrations out in time: each begins as soon as one of the lanes is free. */
final class Timetable {
    private final double[] free;
    private final List<EvacuationPlan.Move> moves = new ArrayList<>();

    Timetable(int lanes) {
        this.free = new double[lanes];
    }

    /** Adds a migration after those that are there. */
    void add(VmMove move, boolean makesRoom, double seconds) {
        int lane = 0;
        for (int i = 1; i < free.length; i++) {
            if (free[i] < free[lane]) {
                lane = i;
            }
        }
        moves.add(new EvacuationPlan.Move(move, makesRoom, free[lane], free[lane] + seconds));
        free[lane] += seconds;
    }

    /** What is added from now on begins when all before has ended. */
    void barrier() {
        Arrays.fill(free, end());
    }

    List<EvacuationPlan.Move> moves() {
        return moves;
    }

    double end() {
        return Arrays.stream(free).max().orElse(0);
    }
}
