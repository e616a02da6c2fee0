package dev.sternpost.agent.ledger;

/**
 * The live migration a virtual machine takes part in, or took part in last.
 *
 * @param migrationId id of the migration
 * @param role which end this host is
 * @param peerHostId the host at the other end
 * @param nextGeneration generation the lock carries after the hand-over; 0 at the source until the switch-over is allowed
 */
public record MigrationMark(String migrationId, Role role, String peerHostId, long nextGeneration) {

    /** The ends of a live migration. */
    public enum Role {
        SOURCE,
        TARGET
    }
}
