package dev.sternpost.sso.session;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.Account;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.SecretHash;
import dev.sternpost.sso.SecretSource;
import dev.sternpost.sso.Session;
import dev.sternpost.sso.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Sessions by bearer token. A token is 256 random bits; only its SHA-256 is kept.
 *
 * <p>A session that was looked at within {@link #TRUST_CACHE} is answered from memory, so that a call costs no query;
 * another server that shares the store notices a logout here after that time at the latest.
 */
public final class Sessions {
    static final Duration TRUST_CACHE = Duration.ofSeconds(30);

    /** Sessions kept in memory; more are still good, they just cost a query. */
    static final int CACHED_MAX = 10_000;

    private static final int TOKEN_BYTES = 32;
    private static final int ID_BYTES = 8;
    private static final Pattern TOKEN_SHAPE = Pattern.compile("spb1\\.[A-Za-z0-9_-]{43}");

    private record Cached(Session session, Instant readTime) {}

    private final IdentityStore store;
    private final SecretSource secrets;
    private final InstantSource time;
    private final SessionLimits limits;
    private final ConcurrentHashMap<SecretHash, Cached> cache = new ConcurrentHashMap<>();

    public Sessions(IdentityStore store, SecretSource secrets, InstantSource time, SessionLimits limits) {
        this.store = store;
        this.secrets = secrets;
        this.time = time;
        this.limits = limits;
    }

    /**
     * Begins a session for somebody who has just proved who they are.
     *
     * @throws FaultException OVERLOADED when the user has too many sessions
     */
    public IssuedSession begin(Account account) {
        if (store.sessionCount(account.userName()) >= limits.perUserMax()) {
            sweep();
            if (store.sessionCount(account.userName()) >= limits.perUserMax()) {
                throw new FaultException(
                        FaultCode.OVERLOADED,
                        "User %s has %d sessions. Log out of some, or wait until they expire."
                                .formatted(account.userName(), limits.perUserMax()));
            }
        }
        Instant now = time.instant();
        String token = newToken();
        SessionId id = new SessionId("session-" + HexFormat.of().formatHex(secrets.bytes(ID_BYTES)));
        Session session = new Session(id, SecretHash.of(token), account.userName(), account.role(), now, now);
        store.addSession(session);
        return new IssuedSession(session, token);
    }

    /**
     * The session a token belongs to; notes the use.
     *
     * @throws FaultException TOKEN_INVALID when there is none, or not any more
     */
    public Session authenticate(String token) {
        if (!TOKEN_SHAPE.matcher(token).matches()) {
            throw tokenInvalid();
        }
        SecretHash hash = SecretHash.of(token);
        Instant now = time.instant();
        Cached cached = cache.get(hash);
        if (cached != null && cached.readTime().plus(TRUST_CACHE).isAfter(now)) {
            if (isExpired(cached.session(), now)) {
                throw expired(cached.session());
            }
            return cached.session();
        }
        return read(hash, now);
    }

    private Session read(SecretHash hash, Instant now) {
        cache.remove(hash);
        Session session = store.sessionByToken(hash).orElseThrow(Sessions::tokenInvalid);
        if (isExpired(session, now)) {
            throw expired(session);
        }
        Session used = session.usedAt(now);
        remember(hash, new Cached(used, now));
        // After remembering: a logout that comes in between finds and removes what we remembered.
        if (!store.touchSession(session.id(), now)) {
            cache.remove(hash);
            throw tokenInvalid();
        }
        return used;
    }

    private void remember(SecretHash hash, Cached cached) {
        if (cache.size() >= CACHED_MAX) {
            forgetOld(cached.readTime());
        }
        if (cache.size() < CACHED_MAX) {
            cache.put(hash, cached);
        }
    }

    private void forgetOld(Instant now) {
        cache.values().removeIf(old -> !old.readTime().plus(TRUST_CACHE).isAfter(now));
    }

    /**
     * Whether a session still goes on, for calls that last: streams end with their session. Counts as a use.
     * A renewed token does not end the streams that were opened with the one before it.
     */
    public boolean goesOn(SessionId id) {
        Instant now = time.instant();
        Optional<Session> session = store.session(id);
        return session.isPresent() && !isExpired(session.get(), now) && store.touchSession(id, now);
    }

    /**
     * Replaces the token; the old one stops working. The absolute end of the session stays.
     *
     * @throws FaultException TOKEN_INVALID when the session was renewed or ended meanwhile
     */
    public IssuedSession renew(Session session) {
        String token = newToken();
        Instant now = time.instant();
        SecretHash next = SecretHash.of(token);
        boolean replaced = store.replaceSessionToken(session.id(), session.tokenHash(), next);
        cache.remove(session.tokenHash());
        if (!replaced || !store.touchSession(session.id(), now)) {
            throw tokenInvalid();
        }
        return new IssuedSession(session.withToken(next).usedAt(now), token);
    }

    /** Ends a session at once. */
    public void end(Session session) {
        store.removeSession(session.id());
        cache.remove(session.tokenHash());
    }

    /** When the token stops being accepted unless it is used or renewed. */
    public Instant expireTime(Session session) {
        Instant idleEnd = session.lastUseTime().plus(limits.idle());
        Instant absoluteEnd = session.createTime().plus(limits.absolute());
        return idleEnd.isBefore(absoluteEnd) ? idleEnd : absoluteEnd;
    }

    /** Removes what has expired; to be called now and then. Returns how many sessions that were. */
    public int sweep() {
        Instant now = time.instant();
        forgetOld(now);
        return store.removeSessions(now.minus(limits.absolute()), now.minus(limits.idle()));
    }

    private boolean isExpired(Session session, Instant now) {
        return !expireTime(session).isAfter(now);
    }

    private FaultException expired(Session session) {
        end(session);
        return tokenInvalid();
    }

    private String newToken() {
        return "spb1." + Base64.getUrlEncoder().withoutPadding().encodeToString(secrets.bytes(TOKEN_BYTES));
    }

    /** One text for every reason, so that a token thief learns nothing. */
    private static FaultException tokenInvalid() {
        return new FaultException(
                FaultCode.TOKEN_INVALID, "The session token is missing, wrong or expired. Log in again.");
    }
}
