package dev.sternpost.cli.connection;

import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.sdk.AccessToken;
import dev.sternpost.sdk.SternpostClient;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.SternpostSession;
import dev.sternpost.sdk.TokenStore;
import java.util.Optional;

/** A client of the target, and the session on it: the kept one, else a login with the password file, else none. */
public final class Connection implements AutoCloseable {
    private final Target target;
    private final SessionFile kept;
    private final SternpostClient client;

    private Connection(Target target, SternpostClient client) {
        this.target = target;
        this.kept = new SessionFile(target.directory(), target.server());
        this.client = client;
    }

    /** Prepares it; the network is first used by the first call. */
    public static Connection open(Target target) {
        startFast(target);
        try {
            return new Connection(target, SternpostClient.connect(target.connectOptions()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Spares the process work that it does not need, a good part of its start-up time: reading some 150 certificates of
     * public CAs when it trusts one of its own, and P-256, for whose first use the JVM computes tables, unless a server
     * insists on it.
     */
    private static void startFast(Target target) {
        if (target.caFile() != null) {
            setDefault("javax.net.ssl.trustStore", "NONE");
        }
        setDefault("jdk.tls.namedGroups", "x25519,secp384r1,secp256r1");
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** The session to work with. */
    public SternpostSession session() {
        AccessToken token = kept.read().or(this::loginByFile).orElseThrow(this::notLoggedIn);
        return client.resume(token, new Keeper());
    }

    /** Logs in and keeps the session. */
    public SternpostSession login(String user, String password) {
        AccessToken token = client.newToken(user, password);
        kept.write(user, token);
        return client.resume(token, new Keeper());
    }

    /** Ends the kept session, here and at the server; false when there was none. */
    public boolean logout() {
        Optional<AccessToken> token = kept.read();
        if (token.isEmpty()) {
            return false;
        }
        kept.delete();
        SternpostSession session = client.resume(token.get(), TokenStore.NONE);
        try {
            session.logout();
        } catch (SternpostException e) {
            if (!e.is("TOKEN_INVALID")) {
                throw e;
            }
        }
        return true;
    }

    /** Where the server is. */
    public String address() {
        return client.address();
    }

    private Optional<AccessToken> loginByFile() {
        Optional<String> password = target.password();
        Optional<String> user = target.user();
        if (password.isEmpty() || user.isEmpty()) {
            return Optional.empty();
        }
        AccessToken token = client.newToken(user.get(), password.get());
        kept.write(user.get(), token);
        return Optional.of(token);
    }

    private CommandFailure notLoggedIn() {
        return new CommandFailure(
                ExitCode.DENIED, "not logged in to %s; log in with: sternpost login".formatted(target.server()));
    }

    @Override
    public void close() {
        client.close();
    }

    /** Keeps renewed tokens, and finds another one when the server does not accept ours. */
    private final class Keeper implements TokenStore {
        @Override
        public void renewed(AccessToken token) {
            kept.write(kept.user(), token);
        }

        @Override
        public Optional<AccessToken> refused(AccessToken token) {
            // Another command may have renewed the session meanwhile.
            Optional<AccessToken> now = kept.read();
            if (now.isPresent() && !now.get().value().equals(token.value())) {
                return now;
            }
            kept.delete();
            Optional<AccessToken> fresh = loginByFile();
            if (fresh.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.DENIED,
                        "the session at %s has ended; log in again with: sternpost login".formatted(target.server()));
            }
            return fresh;
        }
    }
}
