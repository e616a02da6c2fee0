package dev.sternpost.sso;

import dev.sternpost.inventory.HostId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where accounts, sessions, enrolment tokens and host certificates are kept. Each method is one atomic change, seen by
 * every method called after it returned; implementations are safe for many threads. Instants are kept to the
 * microsecond at least. {@code IdentityStoreContract} says the same in tests.
 */
public interface IdentityStore {
    /** Rows that one call of {@link #sessions} returns at most. */
    int SESSIONS_MAX = 10_000;

    /** Adds an account. False, and nothing changed, when the name is taken. */
    boolean addAccount(Account account);

    /** The account of that name. */
    Optional<Account> account(UserName userName);

    /** Replaces the account of the same name. False when there is none. */
    boolean updateAccount(Account account);

    /** Adds a session. Its id and its token hash are new. */
    void addSession(Session session);

    /** The session with that id. */
    Optional<Session> session(SessionId id);

    /** The session whose current token has that hash. */
    Optional<Session> sessionByToken(SecretHash tokenHash);

    /** All sessions, newest first, at most {@link #SESSIONS_MAX}. */
    List<Session> sessions();

    /** How many sessions a user has. */
    int sessionCount(UserName userName);

    /** Notes a use; the time never goes back. False when there is no such session. */
    boolean touchSession(SessionId id, Instant lastUseTime);

    /** Replaces the token if it still is {@code current}. False otherwise: then somebody else replaced it, or it ended. */
    boolean replaceSessionToken(SessionId id, SecretHash current, SecretHash next);

    /** Ends a session. False when there is no such session. */
    boolean removeSession(SessionId id);

    /**
     * Ends the sessions that began before one moment or were last used before the other.
     *
     * @return how many
     */
    int removeSessions(Instant createdBefore, Instant lastUsedBefore);

    /** Adds an enrolment token. Its id is new. */
    void addEnrolmentToken(EnrolmentToken token);

    /** The enrolment token with that id. */
    Optional<EnrolmentToken> enrolmentToken(String id);

    /** Uses an enrolment token up. Exactly one caller gets true for an id, however many try at once. */
    boolean removeEnrolmentToken(String id);

    /** Removes the enrolment tokens of a host; returns how many. */
    int removeEnrolmentTokens(HostId host);

    /** Removes the enrolment tokens that expire at or before a moment; returns how many. */
    int removeEnrolmentTokensExpired(Instant time);

    /** Adds a certificate. Its serial is new. */
    void addHostCertificate(HostCertificate certificate);

    /** The certificate with that serial. */
    Optional<HostCertificate> hostCertificate(String serial);

    /** Withdraws every certificate of a host that is not withdrawn yet; returns how many. */
    int revokeHostCertificates(HostId host, Instant time);

    /** Withdraws those of a host's certificates that are not withdrawn yet, except one; returns how many. */
    int revokeHostCertificatesExcept(HostId host, String serial, Instant time);

    /** Forgets certificates that ended before a moment; returns how many. */
    int removeHostCertificatesEnded(Instant before);
}
