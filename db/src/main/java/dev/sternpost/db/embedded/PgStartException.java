package dev.sternpost.db.embedded;

import java.io.Serial;

/** The embedded PostgreSQL cannot be started; the message says why and what to do. */
public final class PgStartException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    PgStartException(String message) {
        super(message);
    }

    PgStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
