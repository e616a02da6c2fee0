package dev.sternpost.sso.session;

import dev.sternpost.sso.Session;

/**
 * A session with its bearer token in the clear, on the way to the one who logged in and to nobody else.
 *
 * @param token what the caller sends from now on
 */
public record IssuedSession(Session session, String token) {
    /** Leaves the token out: records end up in logs. */
    @Override
    public String toString() {
        return "IssuedSession[" + session.id() + "]";
    }
}
