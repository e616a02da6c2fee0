package dev.sternpost.sdk;

import java.util.Optional;

/** Keeps a session's token outside the process, for programs that come and go, such as a command line. */
public interface TokenStore {
    /** Forgets at once; for programs that log in each time. */
    TokenStore NONE = new TokenStore() {
        @Override
        public void renewed(AccessToken token) {
            // Nothing to keep.
        }

        @Override
        public Optional<AccessToken> refused(AccessToken token) {
            return Optional.empty();
        }
    };

    /** The session goes on with this token; the one before does not work any more. */
    void renewed(AccessToken token);

    /**
     * The server does not accept this token. Returns another one to go on with (another process may have renewed it,
     * or the store can log in again), or nothing to give up.
     */
    Optional<AccessToken> refused(AccessToken token);
}
