package dev.sternpost.agent.ledger;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;

/** The ledger could not be written. Nothing may be done that it does not know of, so this ends the operation. */
public final class LedgerException extends UncheckedIOException {
    @Serial
    private static final long serialVersionUID = 1L;

    LedgerException(String message, IOException cause) {
        super(message, cause);
    }
}
