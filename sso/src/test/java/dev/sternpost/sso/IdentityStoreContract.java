package dev.sternpost.sso;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.HostId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of identities does. Subclasses give an empty store for each test. */
public abstract class IdentityStoreContract {
    /** To the microsecond, as fine as a store need be. */
    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123456Z");

    private static final UserName ANNE = new UserName("anne");
    private static final UserName BOB = new UserName("bob");
    private static final HostId HOST_1 = new HostId("host-1");
    private static final HostId HOST_2 = new HostId("host-2");

    private IdentityStore store = new InMemoryIdentityStore();

    /** A store with nothing in it. */
    protected abstract IdentityStore emptyStore() throws Exception;

    @BeforeEach
    void open() throws Exception {
        store = emptyStore();
    }

    @Test
    void an_account_is_found_as_it_was_added() {
        Account anne = new Account(ANNE, "$hash$one", Role.ADMINISTRATOR, START, START.plusSeconds(1));

        assertThat(store.addAccount(anne)).isTrue();

        assertThat(store.account(ANNE)).contains(anne);
        assertThat(store.account(BOB)).isEmpty();
    }

    @Test
    void a_taken_name_is_refused_and_the_first_account_stays() {
        Account first = new Account(ANNE, "$hash$one", Role.ADMINISTRATOR, START, START);
        store.addAccount(first);

        assertThat(store.addAccount(first.withPassword("$hash$two", START))).isFalse();

        assertThat(store.account(ANNE)).contains(first);
    }

    @Test
    void an_account_can_be_updated_but_not_out_of_nothing() {
        Account anne = new Account(ANNE, "$hash$one", Role.ADMINISTRATOR, START, START);
        Account changed = anne.withPassword("$hash$two", START.plusSeconds(5));

        assertThat(store.updateAccount(changed)).isFalse();
        assertThat(store.account(ANNE)).isEmpty();

        store.addAccount(anne);
        assertThat(store.updateAccount(changed)).isTrue();
        assertThat(store.account(ANNE)).contains(changed);
    }

    @Test
    void a_session_is_found_by_id_and_by_token() {
        Session session = session(1, ANNE, START);
        store.addSession(session);

        assertThat(store.session(session.id())).contains(session);
        assertThat(store.sessionByToken(session.tokenHash())).contains(session);
        assertThat(store.session(session(2, ANNE, START).id())).isEmpty();
        assertThat(store.sessionByToken(SecretHash.of("other"))).isEmpty();
    }

    @Test
    void sessions_are_listed_newest_first_and_counted_by_user() {
        Session older = session(1, ANNE, START);
        Session newer = session(2, BOB, START.plusSeconds(1));
        store.addSession(older);
        store.addSession(newer);

        assertThat(store.sessions()).containsExactly(newer, older);
        assertThat(store.sessionCount(ANNE)).isEqualTo(1);
        assertThat(store.sessionCount(new UserName("nobody"))).isZero();
    }

    @Test
    void the_time_of_last_use_only_goes_forward() {
        Session session = session(1, ANNE, START);
        store.addSession(session);

        assertThat(store.touchSession(session.id(), START.plusSeconds(60))).isTrue();
        assertThat(store.touchSession(session.id(), START.plusSeconds(30))).isTrue();

        assertThat(store.session(session.id()).orElseThrow().lastUseTime()).isEqualTo(START.plusSeconds(60));
    }

    @Test
    void a_session_that_is_gone_cannot_be_touched() {
        assertThat(store.touchSession(session(1, ANNE, START).id(), START)).isFalse();
    }

    @Test
    void a_replaced_token_no_longer_finds_the_session() {
        Session session = session(1, ANNE, START);
        SecretHash next = SecretHash.of("next");
        store.addSession(session);

        assertThat(store.replaceSessionToken(session.id(), session.tokenHash(), next))
                .isTrue();

        assertThat(store.sessionByToken(session.tokenHash())).isEmpty();
        assertThat(store.sessionByToken(next)).contains(session.withToken(next));
    }

    @Test
    void a_token_is_replaced_only_while_it_is_the_current_one() {
        Session session = session(1, ANNE, START);
        store.addSession(session);
        store.replaceSessionToken(session.id(), session.tokenHash(), SecretHash.of("first"));

        assertThat(store.replaceSessionToken(session.id(), session.tokenHash(), SecretHash.of("second")))
                .isFalse();

        assertThat(store.sessionByToken(SecretHash.of("first"))).isPresent();
        assertThat(store.sessionByToken(SecretHash.of("second"))).isEmpty();
    }

    @Test
    void of_many_who_replace_a_token_at_once_one_succeeds() throws Exception {
        Session session = session(1, ANNE, START);
        store.addSession(session);

        List<Boolean> results = atOnce(
                8, n -> store.replaceSessionToken(session.id(), session.tokenHash(), SecretHash.of("next " + n)));

        assertThat(results).containsOnlyOnce(true);
    }

    @Test
    void a_removed_session_is_gone() {
        Session session = session(1, ANNE, START);
        store.addSession(session);

        assertThat(store.removeSession(session.id())).isTrue();
        assertThat(store.removeSession(session.id())).isFalse();

        assertThat(store.session(session.id())).isEmpty();
        assertThat(store.sessionByToken(session.tokenHash())).isEmpty();
        assertThat(store.sessions()).isEmpty();
    }

    @Test
    void the_sweep_ends_sessions_that_are_old_or_idle_and_no_others() {
        Session old = session(1, ANNE, START.minus(Duration.ofHours(13)));
        Session idle = session(2, ANNE, START.minus(Duration.ofHours(1)));
        Session good = session(3, ANNE, START.minus(Duration.ofHours(1)));
        for (Session session : List.of(old, idle, good)) {
            store.addSession(session);
        }
        store.touchSession(old.id(), START);
        store.touchSession(good.id(), START);

        int removed = store.removeSessions(START.minus(Duration.ofHours(12)), START.minus(Duration.ofMinutes(30)));

        assertThat(removed).isEqualTo(2);
        assertThat(store.sessions()).extracting(Session::id).containsExactly(good.id());
    }

    @Test
    void two_sessions_cannot_share_a_token() {
        Session session = session(1, ANNE, START);
        store.addSession(session);

        assertThatThrownBy(() -> store.addSession(new Session(
                        session(2, ANNE, START).id(), session.tokenHash(), ANNE, Role.ADMINISTRATOR, START, START)))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void an_enrolment_token_is_found_until_it_is_used_up() {
        EnrolmentToken token = token("00000000000000aa", HOST_1, START.plusSeconds(60));
        store.addEnrolmentToken(token);

        assertThat(store.enrolmentToken(token.id())).contains(token);
        assertThat(store.removeEnrolmentToken(token.id())).isTrue();
        assertThat(store.enrolmentToken(token.id())).isEmpty();
        assertThat(store.removeEnrolmentToken(token.id())).isFalse();
    }

    @Test
    void of_many_who_use_an_enrolment_token_at_once_one_succeeds() throws Exception {
        EnrolmentToken token = token("00000000000000aa", HOST_1, START.plusSeconds(60));
        store.addEnrolmentToken(token);

        List<Boolean> results = atOnce(8, n -> store.removeEnrolmentToken(token.id()));

        assertThat(results).containsOnlyOnce(true);
    }

    @Test
    void the_enrolment_tokens_of_one_host_are_removed_and_those_of_others_stay() {
        store.addEnrolmentToken(token("00000000000000aa", HOST_1, START.plusSeconds(60)));
        store.addEnrolmentToken(token("00000000000000ab", HOST_1, START.plusSeconds(60)));
        store.addEnrolmentToken(token("00000000000000ba", HOST_2, START.plusSeconds(60)));

        assertThat(store.removeEnrolmentTokens(HOST_1)).isEqualTo(2);

        assertThat(store.enrolmentToken("00000000000000aa")).isEmpty();
        assertThat(store.enrolmentToken("00000000000000ba")).isPresent();
    }

    @Test
    void expired_enrolment_tokens_are_removed_at_their_very_moment() {
        store.addEnrolmentToken(token("00000000000000aa", HOST_1, START.plusSeconds(60)));
        store.addEnrolmentToken(token("00000000000000ab", HOST_1, START.plusSeconds(61)));

        assertThat(store.removeEnrolmentTokensExpired(START.plusSeconds(60))).isEqualTo(1);

        assertThat(store.enrolmentToken("00000000000000aa")).isEmpty();
        assertThat(store.enrolmentToken("00000000000000ab")).isPresent();
    }

    @Test
    void a_certificate_is_found_as_it_was_added() {
        HostCertificate certificate = certificate("1f", HOST_1);
        store.addHostCertificate(certificate);

        assertThat(store.hostCertificate("1f")).contains(certificate);
        assertThat(store.hostCertificate("2f")).isEmpty();
    }

    @Test
    void revoking_touches_every_certificate_of_that_host_once() {
        store.addHostCertificate(certificate("1a", HOST_1));
        store.addHostCertificate(certificate("1b", HOST_1));
        store.addHostCertificate(certificate("2a", HOST_2));

        assertThat(store.revokeHostCertificates(HOST_1, START.plusSeconds(1))).isEqualTo(2);
        assertThat(store.revokeHostCertificates(HOST_1, START.plusSeconds(2))).isZero();

        assertThat(store.hostCertificate("1b").orElseThrow().revoked()).contains(START.plusSeconds(1));
        assertThat(store.hostCertificate("2a").orElseThrow().revoked()).isEmpty();
    }

    @Test
    void revoking_all_but_one_leaves_that_one_good() {
        store.addHostCertificate(certificate("1a", HOST_1));
        store.addHostCertificate(certificate("1b", HOST_1));

        assertThat(store.revokeHostCertificatesExcept(HOST_1, "1b", START.plusSeconds(1)))
                .isEqualTo(1);

        assertThat(store.hostCertificate("1a").orElseThrow().revoked()).isPresent();
        assertThat(store.hostCertificate("1b").orElseThrow().revoked()).isEmpty();
    }

    @Test
    void certificates_are_forgotten_after_their_end() {
        store.addHostCertificate(certificate("1a", HOST_1));

        assertThat(store.removeHostCertificatesEnded(START.plus(Duration.ofDays(365))))
                .isZero();
        assertThat(store.removeHostCertificatesEnded(
                        START.plus(Duration.ofDays(365)).plusSeconds(1)))
                .isEqualTo(1);
        assertThat(store.hostCertificate("1a")).isEmpty();
    }

    private static Session session(int number, UserName user, Instant time) {
        return new Session(
                new SessionId("session-%016x".formatted(number)),
                SecretHash.of("token " + number),
                user,
                Role.ADMINISTRATOR,
                time,
                time);
    }

    private static EnrolmentToken token(String id, HostId host, Instant expireTime) {
        return new EnrolmentToken(id, SecretHash.of("secret of " + id), host, ANNE, START, expireTime);
    }

    private static HostCertificate certificate(String serial, HostId host) {
        return new HostCertificate(serial, host, START, START.plus(Duration.ofDays(365)), null);
    }

    private interface Numbered {
        boolean run(int number) throws Exception;
    }

    private static List<Boolean> atOnce(int count, Numbered action) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Future<Boolean>> results = IntStream.range(0, count)
                    .mapToObj(n -> threads.submit((Callable<Boolean>) () -> {
                        start.await();
                        return action.run(n);
                    }))
                    .toList();
            start.countDown();
            List<Boolean> values = new ArrayList<>();
            for (Future<Boolean> result : results) {
                values.add(result.get());
            }
            return values;
        }
    }
}
