package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Waits for answers on the calling thread. */
final class Answers {
    private Answers() {}

    /** The answer; the link bounds how long it takes. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof FaultException fault) {
                throw new FaultException(fault.fault(), e);
            }
            throw new FaultException(
                    Fault.of(FaultCode.INTERNAL_ERROR, "The host could not be asked; the server's log has the cause."),
                    e);
        }
    }
}
