package dev.sternpost.sso;

import java.time.Instant;

/**
 * A login that is in use.
 *
 * @param tokenHash hash of the bearer token that is accepted now
 * @param createTime when the user gave the password
 * @param lastUseTime when a call was last made with it, exact to the minute
 */
public record Session(
        SessionId id, SecretHash tokenHash, UserName userName, Role role, Instant createTime, Instant lastUseTime) {
    public Session {
        if (lastUseTime.isBefore(createTime)) {
            throw new IllegalArgumentException("a session cannot be used before it begins");
        }
    }

    /** The same session, used at that time; never goes back. */
    public Session usedAt(Instant time) {
        return time.isAfter(lastUseTime) ? new Session(id, tokenHash, userName, role, createTime, time) : this;
    }

    /** The same session with another token. */
    public Session withToken(SecretHash hash) {
        return new Session(id, hash, userName, role, createTime, lastUseTime);
    }
}
