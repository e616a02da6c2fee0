package dev.sternpost.vmotion.precopy;

/** What to do after a report of the engine. */
public sealed interface PrecopyDecision {

    /** One sentence for the task's detail. */
    String reason();

    /** Let the rounds go on. */
    record Continue(String reason) implements PrecopyDecision {}

    /** What is left fits into the downtime limit: stop the guest and send it. */
    record SwitchOver(double expectedDowntimeMillis, String reason) implements PrecopyDecision {}

    /** It will not converge in time: leave the guest where it is. */
    record GiveUp(String reason) implements PrecopyDecision {}
}
