package dev.sternpost.task;

/** The writer may not drive this task any more: another epoch is current or its lease ran out. Nothing was written. */
public final class LeaseLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LeaseLostException(String message) {
        super(message);
    }
}
