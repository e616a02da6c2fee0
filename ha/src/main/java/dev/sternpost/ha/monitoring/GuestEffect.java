package dev.sternpost.ha.monitoring;

/** What is to be done about a guest. */
public sealed interface GuestEffect {
    /** For the event. */
    String reason();

    /** Reset it; answered by {@link GuestInput.WasReset}. Asked again when that does not come. */
    record Reset(String reason) implements GuestEffect {}

    /** Kill its process, which answers nothing any more: what is protected is started again then. */
    record Kill(String reason) implements GuestEffect {}

    /** It was reset as often as is allowed and hangs again: a person must look. Told once until the guest is well again. */
    record GaveUp(String reason) implements GuestEffect {}
}
