package dev.sternpost.server.drs;

import dev.sternpost.drs.replay.PassRecord;
import dev.sternpost.inventory.pass.StoredPass;
import java.util.List;

/**
 * The last pass of a cluster.
 *
 * @param stored at a glance, with its number
 * @param content all of it
 * @param advice its recommendations, in the order in which they are to be done
 */
public record Pass(StoredPass stored, PassRecord content, List<Advice> advice) {
    public Pass {
        advice = List.copyOf(advice);
    }

    Pass withAdvice(List<Advice> newAdvice) {
        return new Pass(stored, content, newAdvice);
    }
}
