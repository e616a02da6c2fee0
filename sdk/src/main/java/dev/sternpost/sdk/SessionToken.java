package dev.sternpost.sdk;

import dev.sternpost.proto.session.v1.RenewSessionRequest;
import dev.sternpost.proto.session.v1.RenewSessionResponse;
import dev.sternpost.proto.session.v1.SessionServiceGrpc;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The token of a session: puts it on every call, and renews it by a thread of its own when two thirds of its life are
 * over. A renewal ends the old token, so calls that begin meanwhile wait for the new one.
 */
final class SessionToken extends CallCredentials implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration RENEWAL_BOUND = Duration.ofSeconds(15);
    private static final Duration LIFE_LEFT_MIN = Duration.ofSeconds(3);
    private static final Duration LIFE_LEFT_MAX = Duration.ofHours(24);

    private final SternpostClient client;
    private final TokenStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<MetadataApplier> waiting = new ArrayList<>();
    private AccessToken token;
    private boolean renewing;
    private boolean closed;
    private final Thread renewal;

    SessionToken(SternpostClient client, AccessToken token, TokenStore store) {
        this.client = client;
        this.token = token;
        this.store = store;
        this.renewal = Thread.ofPlatform().daemon().name("sternpost-token").unstarted(this::keepFresh);
    }

    void start() {
        renewal.start();
    }

    AccessToken current() {
        lock.lock();
        try {
            return token;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
        AccessToken now;
        lock.lock();
        try {
            if (renewing) {
                waiting.add(applier);
                return;
            }
            now = token;
        } finally {
            lock.unlock();
        }
        applier.apply(headers(now));
    }

    /**
     * The server refused this token. True when there is another one by now, so that trying again makes sense.
     */
    boolean replace(AccessToken refused) {
        lock.lock();
        try {
            if (!token.equals(refused)) {
                return true;
            }
        } finally {
            lock.unlock();
        }
        // The store may take its time to log in; a second caller that comes here meanwhile just does the same.
        Optional<AccessToken> other = store.refused(refused);
        other.ifPresent(this::accept);
        return other.isPresent();
    }

    private void accept(AccessToken fresh) {
        lock.lock();
        try {
            token = fresh;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void keepFresh() {
        Backoff backoff = new Backoff();
        try {
            while (awaitRenewalTime()) {
                @Nullable SternpostException fault = renew();
                if (fault == null) {
                    backoff.reset();
                } else if (fault.isUnreachable()) {
                    pause(backoff.next());
                } else if (!replace(current())) {
                    return; // The session is over; the next call says so.
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /** False when the session was closed. */
    private boolean awaitRenewalTime() throws InterruptedException {
        lock.lock();
        try {
            AccessToken seen = token;
            Instant now = Instant.now();
            Instant at = now.plus(untilRenewal(now, seen));
            while (!closed) {
                if (!token.equals(seen)) {
                    seen = token;
                    at = Instant.now().plus(untilRenewal(Instant.now(), seen));
                }
                long nanos = Duration.between(Instant.now(), at).toNanos();
                if (nanos <= 0) {
                    return true;
                }
                changed.awaitNanos(nanos);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Two thirds of what is left; bounded, since the two clocks may differ. */
    static Duration untilRenewal(Instant now, AccessToken token) {
        Duration left = Duration.between(now, token.expireTime());
        if (left.compareTo(LIFE_LEFT_MIN) < 0) {
            left = LIFE_LEFT_MIN;
        }
        if (left.compareTo(LIFE_LEFT_MAX) > 0) {
            left = LIFE_LEFT_MAX;
        }
        // By nanoseconds: Duration multiplies with BigDecimals, and a command's start would wait for those.
        return Duration.ofNanos(left.toNanos() / 3 * 2);
    }

    /** Null when it went well. */
    private @Nullable SternpostException renew() {
        AccessToken old;
        lock.lock();
        try {
            renewing = true;
            old = token;
        } finally {
            lock.unlock();
        }
        @Nullable AccessToken fresh = null;
        try {
            RenewSessionResponse answer = client.decoded(() -> SessionServiceGrpc.newBlockingStub(client.calls())
                    .withCallCredentials(new Fixed(old))
                    .withDeadlineAfter(RENEWAL_BOUND)
                    .renewSession(RenewSessionRequest.getDefaultInstance()));
            fresh = new AccessToken(
                    answer.getToken(),
                    SternpostClient.instant(answer.getSession().getExpireTime()));
            store.renewed(fresh);
            return null;
        } catch (SternpostException e) {
            return e;
        } finally {
            endRenewal(fresh);
        }
    }

    private void endRenewal(@Nullable AccessToken fresh) {
        List<MetadataApplier> ready;
        AccessToken now;
        lock.lock();
        try {
            if (fresh != null) {
                token = fresh;
            }
            now = token;
            renewing = false;
            ready = List.copyOf(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        ready.forEach(applier -> applier.apply(headers(now)));
    }

    private void pause(Duration time) throws InterruptedException {
        lock.lock();
        try {
            long nanos = time.toNanos();
            while (nanos > 0 && !closed) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static Metadata headers(AccessToken token) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token.value());
        return headers;
    }

    /** One token, come what may. */
    private static final class Fixed extends CallCredentials {
        private final AccessToken token;

        Fixed(AccessToken token) {
            this.token = token;
        }

        @Override
        public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
            applier.apply(headers(token));
        }
    }
}
