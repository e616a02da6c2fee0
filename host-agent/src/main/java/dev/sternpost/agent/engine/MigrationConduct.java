package dev.sternpost.agent.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * How a live migration is led: what was decided about it, and what that cost the guest.
 *
 * @param decisions oldest first; at most the newest {@value #DECISIONS_MAX}
 * @param outlook what is expected as of the last round, in words; empty until known
 * @param takenMillis time that was taken from the guest, of one virtual CPU
 */
public record MigrationConduct(List<Decision> decisions, String outlook, double takenMillis) {

    static final int DECISIONS_MAX = 100;

    /** Nobody decided anything. */
    public static final MigrationConduct NONE = new MigrationConduct(List.of(), "", 0);

    /**
     * @param elapsedMillis since the first byte
     * @param round in which
     * @param kind "throttle", "raiseBandwidth", "switchOver", "postCopy" or "giveUp"
     * @param reason one sentence
     */
    public record Decision(long elapsedMillis, int round, String kind, String reason) {}

    public MigrationConduct {
        decisions = List.copyOf(decisions);
    }

    /** One decision more. */
    public MigrationConduct with(Decision decision) {
        List<Decision> all =
                new ArrayList<>(decisions.subList(Math.max(0, decisions.size() - DECISIONS_MAX + 1), decisions.size()));
        all.add(decision);
        return new MigrationConduct(all, outlook, takenMillis);
    }

    public MigrationConduct withOutlook(String newOutlook, double newTakenMillis) {
        return new MigrationConduct(decisions, newOutlook, newTakenMillis);
    }
}
