package dev.sternpost.server.session;

import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.sso.Account;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.Session;
import dev.sternpost.sso.UserName;
import dev.sternpost.sso.login.PasswordLogin;
import dev.sternpost.sso.session.IssuedSession;
import dev.sternpost.sso.session.Sessions;
import java.time.Instant;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logins, renewals and logouts, each with its event and audit entry. */
public final class Logins {
    private static final Logger log = LoggerFactory.getLogger(Logins.class);

    private final IdentityStore store;
    private final PasswordLogin passwords;
    private final Sessions sessions;
    private final Inventory inventory;
    private final Transactions transactions;

    public Logins(
            IdentityStore store,
            PasswordLogin passwords,
            Sessions sessions,
            Inventory inventory,
            Transactions transactions) {
        this.store = store;
        this.passwords = passwords;
        this.sessions = sessions;
        this.inventory = inventory;
        this.transactions = transactions;
    }

    /** Does what the first login would have to wait for. */
    public void warmUp() {
        passwords.warmUp();
    }

    /**
     * Begins a session; the password is wiped.
     *
     * @param source address the caller comes from
     * @throws FaultException LOGIN_REFUSED, LOGIN_THROTTLED, OVERLOADED
     */
    public IssuedSession login(String userName, char[] password, String source) {
        Account account;
        try {
            account = passwords.login(userName, password, source);
        } catch (FaultException e) {
            noteRefusal(userName, source, e);
            throw e;
        } finally {
            Arrays.fill(password, '\0');
        }
        return transactions.inTransaction(() -> {
            inventory.commit(
                    record(EventType.USER_LOGIN, account.userName().value(), "User %s logged in from " + source + "."));
            return sessions.begin(account);
        });
    }

    /** @throws FaultException TOKEN_INVALID when the session was renewed or ended meanwhile */
    public IssuedSession renew(Session session) {
        return sessions.renew(session);
    }

    /** Ends a session at once. */
    public void logout(Session session) {
        transactions.inTransaction(() -> {
            inventory.commit(record(EventType.USER_LOGOUT, session.userName().value(), "User %s logged out."));
            sessions.end(session);
        });
    }

    /** When the token of a session stops being accepted unless it is used or renewed. */
    public Instant expireTime(Session session) {
        return sessions.expireTime(session);
    }

    /** What was typed is repeated only when somebody has that name: people type passwords there. */
    private void noteRefusal(String userName, String source, FaultException e) {
        String name = UserName.parse(userName)
                .filter(known -> store.account(known).isPresent())
                .map(UserName::value)
                .orElse("an unknown user");
        log.info(
                "login of {} from {} refused: {} {}",
                name,
                source,
                e.code(),
                e.fault().context());
        if (e.code() == FaultCode.LOGIN_REFUSED) {
            inventory.commit(
                    record(EventType.USER_LOGIN_REFUSED, name, "A login of %s from " + source + " was refused."));
        }
    }

    private static InventoryWrite record(EventType type, String userName, String message) {
        return InventoryWrite.builder()
                .event(EventDraft.of(type, message.formatted(userName)).byUser(userName))
                .audit(new AuditDraft(userName, type.eventName(), null, ""))
                .build();
    }
}
