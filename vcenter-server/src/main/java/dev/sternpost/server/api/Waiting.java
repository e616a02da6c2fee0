package dev.sternpost.server.api;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;

/** Work that waits on the thread of a call. */
final class Waiting {
    /** What may be interrupted. */
    @FunctionalInterface
    interface Work<T> {
        T call() throws InterruptedException;
    }

    private Waiting() {}

    /** Does the work; threads of calls are interrupted only when the server goes down. */
    static <T> T uninterrupted(Work<T> work) {
        try {
            return work.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(
                    FaultCode.OPERATION_CANCELLED, "The server is going down. Ask again when it is back.");
        }
    }
}
