package dev.sternpost.vmotion.precopy;

/** What to do after a report of the engine. */
public sealed interface PrecopyDecision {

    /** One sentence for the task's detail. */
    String reason();

    /** Let the rounds go on. */
    record Continue(String reason) implements PrecopyDecision {}

    /** What is left fits into the downtime limit: stop the guest and send it. */
    record SwitchOver(double expectedDowntimeMillis, String reason) implements PrecopyDecision {}

    /** More bandwidth makes it converge: this is the least that does. */
    record RaiseBandwidth(long bandwidthBytesPerSecond, String reason) implements PrecopyDecision {}

    /** Take this share of its time from the guest, the least with which it converges; 0 gives it back what was taken. */
    record Throttle(double share, String reason) implements PrecopyDecision {}

    /** Nothing else helps and it is allowed: run the guest at the target now and fetch what is missing. */
    record PostCopy(String reason) implements PrecopyDecision {}

    /** It will not converge in time: leave the guest where it is. */
    record GiveUp(String reason) implements PrecopyDecision {}
}
