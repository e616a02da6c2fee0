package dev.sternpost.agent.operation;

/** Turns the outcome of a command that succeeded into bytes for the ledger. */
@FunctionalInterface
public interface OutcomeEncoder {

    byte[] encode(Outcome outcome);
}
