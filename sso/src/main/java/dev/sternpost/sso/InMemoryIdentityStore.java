package dev.sternpost.sso;

import dev.sternpost.inventory.HostId;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Keeps identities in memory: for tests and for servers that need not remember. One lock for everything. */
public final class InMemoryIdentityStore implements IdentityStore {
    private final Map<UserName, Account> accounts = new HashMap<>();
    private final Map<SessionId, Session> sessions = new HashMap<>();
    private final Map<String, EnrolmentToken> tokens = new HashMap<>();
    private final Map<String, HostCertificate> certificates = new HashMap<>();

    @Override
    public synchronized boolean addAccount(Account account) {
        return accounts.putIfAbsent(account.userName(), account) == null;
    }

    @Override
    public synchronized Optional<Account> account(UserName userName) {
        return Optional.ofNullable(accounts.get(userName));
    }

    @Override
    public synchronized boolean updateAccount(Account account) {
        return accounts.replace(account.userName(), account) != null;
    }

    @Override
    public synchronized void addSession(Session session) {
        if (sessions.containsKey(session.id()) || withToken(session.tokenHash()).isPresent()) {
            throw new IllegalStateException("session id or token is not new: " + session.id());
        }
        sessions.put(session.id(), session);
    }

    @Override
    public synchronized Optional<Session> session(SessionId id) {
        return Optional.ofNullable(sessions.get(id));
    }

    @Override
    public synchronized Optional<Session> sessionByToken(SecretHash tokenHash) {
        return withToken(tokenHash);
    }

    private Optional<Session> withToken(SecretHash hash) {
        return sessions.values().stream()
                .filter(session -> session.tokenHash().equals(hash))
                .findFirst();
    }

    @Override
    public synchronized List<Session> sessions() {
        return sessions.values().stream()
                .sorted(Comparator.comparing(Session::createTime)
                        .reversed()
                        .thenComparing(session -> session.id().value()))
                .limit(SESSIONS_MAX)
                .toList();
    }

    @Override
    public synchronized int sessionCount(UserName userName) {
        return (int) sessions.values().stream()
                .filter(session -> session.userName().equals(userName))
                .count();
    }

    @Override
    public synchronized boolean touchSession(SessionId id, Instant lastUseTime) {
        return sessions.computeIfPresent(id, (key, session) -> session.usedAt(lastUseTime)) != null;
    }

    @Override
    public synchronized boolean replaceSessionToken(SessionId id, SecretHash current, SecretHash next) {
        Session session = sessions.get(id);
        if (session == null || !session.tokenHash().equals(current)) {
            return false;
        }
        sessions.put(id, session.withToken(next));
        return true;
    }

    @Override
    public synchronized boolean removeSession(SessionId id) {
        return sessions.remove(id) != null;
    }

    @Override
    public synchronized int removeSessions(Instant createdBefore, Instant lastUsedBefore) {
        return removeIf(
                sessions,
                session -> session.createTime().isBefore(createdBefore)
                        || session.lastUseTime().isBefore(lastUsedBefore));
    }

    @Override
    public synchronized void addEnrolmentToken(EnrolmentToken token) {
        if (tokens.putIfAbsent(token.id(), token) != null) {
            throw new IllegalStateException("token id is not new: " + token.id());
        }
    }

    @Override
    public synchronized Optional<EnrolmentToken> enrolmentToken(String id) {
        return Optional.ofNullable(tokens.get(id));
    }

    @Override
    public synchronized boolean removeEnrolmentToken(String id) {
        return tokens.remove(id) != null;
    }

    @Override
    public synchronized int removeEnrolmentTokens(HostId host) {
        return removeIf(tokens, token -> token.host().equals(host));
    }

    @Override
    public synchronized int removeEnrolmentTokensExpired(Instant time) {
        return removeIf(tokens, token -> !token.expireTime().isAfter(time));
    }

    @Override
    public synchronized void addHostCertificate(HostCertificate certificate) {
        if (certificates.putIfAbsent(certificate.serial(), certificate) != null) {
            throw new IllegalStateException("serial is not new: " + certificate.serial());
        }
    }

    @Override
    public synchronized Optional<HostCertificate> hostCertificate(String serial) {
        return Optional.ofNullable(certificates.get(serial));
    }

    @Override
    public synchronized int revokeHostCertificates(HostId host, Instant time) {
        return revoke(certificate -> certificate.host().equals(host), time);
    }

    @Override
    public synchronized int revokeHostCertificatesExcept(HostId host, String serial, Instant time) {
        return revoke(
                certificate ->
                        certificate.host().equals(host) && !certificate.serial().equals(serial),
                time);
    }

    private int revoke(Predicate<HostCertificate> which, Instant time) {
        List<HostCertificate> revoked = certificates.values().stream()
                .filter(which)
                .filter(certificate -> certificate.revoked().isEmpty())
                .toList();
        revoked.forEach(certificate -> certificates.put(certificate.serial(), certificate.revokedAt(time)));
        return revoked.size();
    }

    @Override
    public synchronized int removeHostCertificatesEnded(Instant before) {
        return removeIf(certificates, certificate -> certificate.notAfterTime().isBefore(before));
    }

    private static <K, V> int removeIf(Map<K, V> map, Predicate<V> which) {
        int before = map.size();
        map.values().removeIf(which);
        return before - map.size();
    }
}
