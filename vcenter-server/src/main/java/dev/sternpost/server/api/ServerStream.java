package dev.sternpost.server.api;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.Session;
import dev.sternpost.sso.session.Sessions;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An answer of many messages, written by a virtual thread of its own. It keeps nothing for a slow client: the thread
 * waits until the client has room and then goes on from its position, so a client that falls too far behind finds its
 * position gone (CURSOR_EXPIRED) and costs no memory meanwhile.
 *
 * <p>The thread is never interrupted, since that would close the database connection it may be using; it looks around
 * itself at least every {@link #LOOK}.
 */
final class ServerStream<T> {
    /** How long a stream waits for anything before it looks whether it should end. */
    static final Duration LOOK = Duration.ofSeconds(1);

    /** How long a client may take nothing at all. */
    static final Duration STALL_MAX = Duration.ofSeconds(60);

    private static final Duration SESSION_CHECK = Duration.ofSeconds(10);

    /** What a stream does from its beginning to its end. */
    interface Body<T> {
        void run(ServerStream<T> stream) throws InterruptedException;
    }

    /** What streams share. */
    record Surroundings(Sessions sessions, OpenStreams openStreams) {}

    /** Ends the stream from inside when the client has gone. */
    private static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone() {
            super("the client has gone", null, false, false);
        }
    }

    private final ServerCallStreamObserver<T> observer;
    private final Surroundings surroundings;
    private final Session session;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long sessionCheckedNanos = System.nanoTime();

    private ServerStream(ServerCallStreamObserver<T> observer, Surroundings surroundings, Session session) {
        this.observer = observer;
        this.surroundings = surroundings;
        this.session = session;
    }

    /** Runs the body on a thread of its own; returns at once. To be called while the call is being answered. */
    static <T> void start(StreamObserver<T> answer, Surroundings surroundings, Body<T> body) {
        ServerCallStreamObserver<T> observer = (ServerCallStreamObserver<T>) answer;
        ServerStream<T> stream =
                new ServerStream<>(observer, surroundings, Caller.current().session());
        observer.setOnReadyHandler(stream::wake);
        observer.setOnCancelHandler(stream::wake);
        // The time limit is for calls with one answer.
        ServiceRequestContext call = ServiceRequestContext.currentOrNull();
        if (call != null) {
            call.clearRequestTimeout();
        }
        surroundings.openStreams().add();
        Thread.ofVirtual().name("stream").start(() -> stream.run(body));
    }

    private void run(Body<T> body) {
        try {
            body.run(this);
            observer.onCompleted();
        } catch (Gone e) {
            // Nobody is there to tell.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Wide on purpose: the edge of this thread; the client is told as by any other call.
            observer.onError(FaultStatus.of(e));
        } finally {
            surroundings.openStreams().remove();
        }
    }

    /**
     * Sends one message when the client has room for it.
     *
     * @throws FaultException CURSOR_EXPIRED when the client takes nothing for {@link #STALL_MAX}
     */
    void send(T message) throws InterruptedException {
        long beginNanos = System.nanoTime();
        while (!observer.isReady()) {
            look();
            if (System.nanoTime() - beginNanos > STALL_MAX.toNanos()) {
                throw new FaultException(
                        FaultCode.CURSOR_EXPIRED,
                        "The client has taken nothing for %d s. Watch again from its last position."
                                .formatted(STALL_MAX.toSeconds()));
            }
            pause();
        }
        look();
        observer.onNext(message);
    }

    /** Ends the stream when the client has gone, the session is over, or the server goes down. */
    void look() {
        if (observer.isCancelled()) {
            throw new Gone();
        }
        if (surroundings.openStreams().closing()) {
            throw Status.UNAVAILABLE
                    .withDescription("The server is going down. Watch again from the last position.")
                    .asRuntimeException();
        }
        long now = System.nanoTime();
        if (now - sessionCheckedNanos > SESSION_CHECK.toNanos()) {
            sessionCheckedNanos = now;
            if (!surroundings.sessions().goesOn(session.id())) {
                throw new FaultException(FaultCode.TOKEN_INVALID, "The session has ended. Log in again.");
            }
        }
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            if (!observer.isReady() && !observer.isCancelled()) {
                changed.awaitNanos(LOOK.toNanos());
            }
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
