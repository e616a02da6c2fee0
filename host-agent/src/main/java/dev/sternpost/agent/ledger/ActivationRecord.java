package dev.sternpost.agent.ledger;

/**
 * What the target of a live migration saw when the guest began to run here.
 *
 * @param migrationId the migration
 * @param downtimeMillis guest-seen pause; 0 when not measured
 * @param downtimeSource "guestTicker" or "engine"; empty when not measured
 */
public record ActivationRecord(String migrationId, double downtimeMillis, String downtimeSource) {}
