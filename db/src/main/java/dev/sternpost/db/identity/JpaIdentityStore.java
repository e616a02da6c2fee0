package dev.sternpost.db.identity;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.sso.Account;
import dev.sternpost.sso.EnrolmentToken;
import dev.sternpost.sso.HostCertificate;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.SecretHash;
import dev.sternpost.sso.Session;
import dev.sternpost.sso.SessionId;
import dev.sternpost.sso.UserName;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.support.JpaRepositoryFactory;
import org.springframework.orm.jpa.SharedEntityManagerCreator;

/** Accounts, sessions, enrolment tokens and host certificates in PostgreSQL, by JPA. */
public final class JpaIdentityStore implements IdentityStore {
    /** The entities the entity manager has to know. */
    public static final List<Class<?>> ROWS =
            List.of(AccountRow.class, SessionRow.class, EnrolmentTokenRow.class, HostCertificateRow.class);

    private final Transactions transactions;
    private final Supplier<Tables> tables;

    /** The tables, which take a while to set up. */
    public static final class Tables {
        private final EntityManager entities;
        private final AccountRows accounts;
        private final SessionRows sessions;
        private final EnrolmentTokenRows tokens;
        private final HostCertificateRows certificates;

        public Tables(EntityManagerFactory factory) {
            // Stands for the entity manager of whatever transaction is under way.
            entities = SharedEntityManagerCreator.createSharedEntityManager(factory);
            JpaRepositoryFactory repositories = new JpaRepositoryFactory(entities);
            accounts = repositories.getRepository(AccountRows.class);
            sessions = repositories.getRepository(SessionRows.class);
            tokens = repositories.getRepository(EnrolmentTokenRows.class);
            certificates = repositories.getRepository(HostCertificateRows.class);
        }
    }

    /**
     * @param tables asked for at the first use and ever after
     */
    public JpaIdentityStore(Supplier<Tables> tables, Transactions transactions) {
        this.tables = tables;
        this.transactions = transactions;
    }

    private AccountRows accounts() {
        return tables.get().accounts;
    }

    private SessionRows sessionRows() {
        return tables.get().sessions;
    }

    private EnrolmentTokenRows tokens() {
        return tables.get().tokens;
    }

    private HostCertificateRows certificates() {
        return tables.get().certificates;
    }

    @Override
    public boolean addAccount(Account account) {
        return transactions.inTransaction(() -> accounts()
                        .insert(
                                account.userName().value(),
                                account.passwordHash(),
                                account.role().name(),
                                account.createTime(),
                                account.passwordTime())
                == 1);
    }

    @Override
    public Optional<Account> account(UserName userName) {
        return transactions.inTransaction(
                () -> accounts().findById(userName.value()).map(AccountRow::account));
    }

    @Override
    public boolean updateAccount(Account account) {
        return transactions.inTransaction(() -> {
            Optional<AccountRow> row = accounts().lock(account.userName().value());
            row.ifPresent(found -> found.replace(account));
            tables.get().entities.flush();
            return row.isPresent();
        });
    }

    @Override
    public void addSession(Session session) {
        insert(new SessionRow(session));
    }

    @Override
    public Optional<Session> session(SessionId id) {
        return transactions.inTransaction(
                () -> sessionRows().findById(id.value()).map(SessionRow::session));
    }

    @Override
    public Optional<Session> sessionByToken(SecretHash tokenHash) {
        return transactions.inTransaction(
                () -> sessionRows().findByTokenHash(tokenHash.hex()).map(SessionRow::session));
    }

    @Override
    public List<Session> sessions() {
        return transactions.inTransaction(() -> sessionRows().newest(Limit.of(SESSIONS_MAX)).stream()
                .map(SessionRow::session)
                .toList());
    }

    @Override
    public int sessionCount(UserName userName) {
        return transactions.inTransaction(() -> sessionRows().countByUserName(userName.value()));
    }

    @Override
    public boolean touchSession(SessionId id, Instant lastUseTime) {
        return transactions.inTransaction(() -> sessionRows().touch(id.value(), lastUseTime) == 1);
    }

    @Override
    public boolean replaceSessionToken(SessionId id, SecretHash current, SecretHash next) {
        return transactions.inTransaction(() -> sessionRows().replaceToken(id.value(), current.hex(), next.hex()) == 1);
    }

    @Override
    public boolean removeSession(SessionId id) {
        return transactions.inTransaction(() -> sessionRows().remove(id.value()) == 1);
    }

    @Override
    public int removeSessions(Instant createdBefore, Instant lastUsedBefore) {
        return transactions.inTransaction(() -> sessionRows().removeOld(createdBefore, lastUsedBefore));
    }

    @Override
    public void addEnrolmentToken(EnrolmentToken token) {
        insert(new EnrolmentTokenRow(token));
    }

    @Override
    public Optional<EnrolmentToken> enrolmentToken(String id) {
        return transactions.inTransaction(() -> tokens().findById(id).map(EnrolmentTokenRow::token));
    }

    @Override
    public boolean removeEnrolmentToken(String id) {
        return transactions.inTransaction(() -> tokens().remove(id) == 1);
    }

    @Override
    public int removeEnrolmentTokens(HostId host) {
        return transactions.inTransaction(() -> tokens().removeOf(host.value()));
    }

    @Override
    public int removeEnrolmentTokensExpired(Instant time) {
        return transactions.inTransaction(() -> tokens().removeExpired(time));
    }

    @Override
    public void addHostCertificate(HostCertificate certificate) {
        insert(new HostCertificateRow(certificate));
    }

    @Override
    public Optional<HostCertificate> hostCertificate(String serial) {
        return transactions.inTransaction(() -> certificates().findById(serial).map(HostCertificateRow::certificate));
    }

    @Override
    public int revokeHostCertificates(HostId host, Instant time) {
        return revokeHostCertificatesExcept(host, "", time);
    }

    @Override
    public int revokeHostCertificatesExcept(HostId host, String serial, Instant time) {
        return transactions.inTransaction(() -> certificates().revoke(host.value(), serial, time));
    }

    @Override
    public int removeHostCertificatesEnded(Instant before) {
        return transactions.inTransaction(() -> certificates().removeEnded(before));
    }

    /** At once, so that a duplicate is refused here, and JDBC statements of the same transaction see the row. */
    private void insert(Object row) {
        transactions.inTransaction(() -> {
            tables.get().entities.persist(row);
            tables.get().entities.flush();
        });
    }
}
