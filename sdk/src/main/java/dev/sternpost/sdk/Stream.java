package dev.sternpost.sdk;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Reads one server stream for a bounded time. A connection whose other end vanished without a word looks like a stream on
 * which nothing happens; opening it anew now and then is what finds that out.
 */
final class Stream {
    /** A stream is opened anew after this. */
    static final Duration SLICE = Duration.ofSeconds(60);

    private Stream() {}

    /** How a slice of a stream ended. */
    enum End {
        /** The reader had enough. */
        ENOUGH,
        /** The server ended it, or the slice was over. */
        OVER
    }

    /**
     * Gives each message to the reader until it returns false.
     *
     * @throws SternpostException when the stream failed
     */
    static <T> End read(SternpostClient client, Duration slice, Supplier<Iterator<T>> open, Predicate<T> wantsMore) {
        // A context of our own ends the call on the way out, however that is.
        Context.CancellableContext context = Context.current().withCancellation();
        Context before = context.attach();
        try {
            Iterator<T> messages = open.get();
            while (messages.hasNext()) {
                if (!wantsMore.test(messages.next())) {
                    return End.ENOUGH;
                }
            }
            return End.OVER;
        } catch (StatusRuntimeException e) {
            SternpostException fault = FaultDecoder.decode(e, client.address());
            if (fault.is(ClientFault.CALL_TIMED_OUT)) {
                return End.OVER;
            }
            throw fault;
        } finally {
            context.detach(before);
            context.cancel(null);
        }
    }

    static <S extends io.grpc.stub.AbstractStub<S>> S bounded(S stub, Duration slice) {
        return stub.withDeadlineAfter(slice.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Sleeps out a pause between two attempts. */
    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.util.concurrent.CancellationException("interrupted while waiting for the server");
        }
    }

    static <T> Predicate<T> all(Consumer<T> reader) {
        return message -> {
            reader.accept(message);
            return true;
        };
    }
}
