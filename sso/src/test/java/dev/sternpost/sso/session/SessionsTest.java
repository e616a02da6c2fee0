package dev.sternpost.sso.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.Account;
import dev.sternpost.sso.CountedSecrets;
import dev.sternpost.sso.InMemoryIdentityStore;
import dev.sternpost.sso.Role;
import dev.sternpost.sso.UserName;
import dev.sternpost.testkit.VirtualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final Account ANNE =
            new Account(new UserName("anne"), "$hash", Role.ADMINISTRATOR, VirtualClock.START, VirtualClock.START);

    private final VirtualClock clock = new VirtualClock();
    private final InMemoryIdentityStore store = new InMemoryIdentityStore();
    private final Sessions sessions = new Sessions(
            store, new CountedSecrets(), clock, new SessionLimits(Duration.ofMinutes(30), Duration.ofHours(12), 3));

    @Test
    void a_fresh_token_is_accepted_and_names_its_user() {
        IssuedSession issued = sessions.begin(ANNE);

        assertThat(sessions.authenticate(issued.token()).userName()).isEqualTo(ANNE.userName());
        assertThat(sessions.expireTime(issued.session()))
                .isEqualTo(clock.instant().plus(Duration.ofMinutes(30)));
    }

    @Test
    void the_store_never_sees_a_token() {
        IssuedSession issued = sessions.begin(ANNE);

        assertThat(store.sessions().toString()).doesNotContain(issued.token());
        assertThat(store.sessions().getFirst().tokenHash().hex()).doesNotContain(issued.token());
        assertThat(issued.toString()).doesNotContain(issued.token());
    }

    @Test
    void wrong_tokens_are_refused_in_the_same_words() {
        sessions.begin(ANNE);

        assertThat(refusal("")).isEqualTo(refusal("spb1." + "A".repeat(43)));
        assertThat(refusal("x".repeat(1_000_000))).isEqualTo(refusal(""));
    }

    @Test
    void use_keeps_a_session_alive_up_to_its_absolute_end() {
        IssuedSession issued = sessions.begin(ANNE);
        for (int i = 0; i < 35; i++) {
            clock.advance(Duration.ofMinutes(20));
            sessions.authenticate(issued.token());
        }
        clock.advance(Duration.ofMinutes(20));

        assertThatTokenIsRefused(issued.token());
        assertThat(store.sessions()).isEmpty();
    }

    @Test
    void an_unused_session_ends_after_the_idle_time() {
        IssuedSession issued = sessions.begin(ANNE);
        sessions.authenticate(issued.token());
        clock.advance(Duration.ofMinutes(30).minusNanos(1));
        sessions.authenticate(issued.token());
        clock.advance(Duration.ofMinutes(30));

        assertThatTokenIsRefused(issued.token());
    }

    @Test
    void a_renewed_session_has_one_token_the_new_one() {
        IssuedSession first = sessions.begin(ANNE);
        sessions.authenticate(first.token());

        IssuedSession second = sessions.renew(sessions.authenticate(first.token()));

        assertThatTokenIsRefused(first.token());
        assertThat(sessions.authenticate(second.token()).id())
                .isEqualTo(first.session().id());
    }

    @Test
    void of_two_renewals_of_the_same_token_one_wins() {
        var session = sessions.authenticate(sessions.begin(ANNE).token());
        sessions.renew(session);

        assertThatThrownBy(() -> sessions.renew(session)).isInstanceOf(FaultException.class);
    }

    @Test
    void renewing_does_not_move_the_absolute_end() {
        IssuedSession issued = sessions.begin(ANNE);
        for (int i = 0; i < 35; i++) {
            clock.advance(Duration.ofMinutes(20));
            issued = sessions.renew(sessions.authenticate(issued.token()));
        }
        clock.advance(Duration.ofMinutes(20));

        assertThatTokenIsRefused(issued.token());
    }

    @Test
    void a_logout_works_at_once_even_for_a_token_just_used() {
        IssuedSession issued = sessions.begin(ANNE);

        sessions.end(sessions.authenticate(issued.token()));

        assertThatTokenIsRefused(issued.token());
    }

    @Test
    void a_logout_on_another_server_is_noticed_within_half_a_minute() {
        IssuedSession issued = sessions.begin(ANNE);
        sessions.authenticate(issued.token());
        store.removeSession(issued.session().id());

        clock.advance(Sessions.TRUST_CACHE);

        assertThatTokenIsRefused(issued.token());
    }

    @Test
    void a_long_call_goes_on_over_a_renewal_and_ends_with_the_logout() {
        IssuedSession issued = sessions.begin(ANNE);
        IssuedSession renewed = sessions.renew(issued.session());

        assertThat(sessions.goesOn(issued.session().id())).isTrue();

        sessions.end(renewed.session());
        assertThat(sessions.goesOn(issued.session().id())).isFalse();
    }

    @Test
    void a_long_call_keeps_its_session_alive_but_not_past_the_absolute_end() {
        IssuedSession issued = sessions.begin(ANNE);
        for (int i = 0; i < 35; i++) {
            clock.advance(Duration.ofMinutes(20));
            assertThat(sessions.goesOn(issued.session().id())).isTrue();
        }
        clock.advance(Duration.ofMinutes(20));

        assertThat(sessions.goesOn(issued.session().id())).isFalse();
    }

    @Test
    void a_user_has_so_many_sessions_and_no_more_until_some_expire() {
        for (int i = 0; i < 3; i++) {
            sessions.begin(ANNE);
        }
        assertThat(catchThrowableOfType(FaultException.class, () -> sessions.begin(ANNE))
                        .code())
                .isEqualTo(FaultCode.OVERLOADED);

        clock.advance(Duration.ofMinutes(31));
        assertThat(sessions.begin(ANNE).token()).isNotEmpty();
    }

    private String refusal(String token) {
        return catchThrowableOfType(FaultException.class, () -> sessions.authenticate(token))
                .fault()
                .toString();
    }

    private void assertThatTokenIsRefused(String token) {
        assertThat(catchThrowableOfType(FaultException.class, () -> sessions.authenticate(token))
                        .code())
                .isEqualTo(FaultCode.TOKEN_INVALID);
    }
}
