package dev.sternpost.agent.engine.qmp;

import java.io.Serial;

/** QEMU refused a command, did not answer in time, or is gone. Becomes a fault in the engine. */
public final class QmpException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Cause {
        /** QEMU answered with an error. */
        REFUSED,
        /** No answer in time; the command may still be carried out. */
        TIMED_OUT,
        /** The connection is gone. */
        DISCONNECTED
    }

    private final Cause kind;

    QmpException(Cause kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What went wrong. */
    public Cause kind() {
        return kind;
    }
}
