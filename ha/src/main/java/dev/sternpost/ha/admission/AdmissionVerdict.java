package dev.sternpost.ha.admission;

/** Whether the promised failover would still be possible. */
public sealed interface AdmissionVerdict {
    /** It would. */
    record Admitted() implements AdmissionVerdict {}

    /**
     * It would not.
     *
     * @param reason as a sentence, with the numbers
     */
    record WouldBreakFailover(String reason) implements AdmissionVerdict {}
}
