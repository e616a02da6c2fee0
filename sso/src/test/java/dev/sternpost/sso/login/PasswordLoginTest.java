package dev.sternpost.sso.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.CountedSecrets;
import dev.sternpost.sso.InMemoryIdentityStore;
import dev.sternpost.sso.UserName;
import dev.sternpost.testkit.VirtualClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PasswordLoginTest {
    private static final String HERE = "192.0.2.1";

    private final VirtualClock clock = new VirtualClock();
    private final InMemoryIdentityStore store = new InMemoryIdentityStore();
    private final PlainHash hash = new PlainHash();
    private final Accounts accounts = new Accounts(store, hash, clock);
    private final PasswordLogin login = new PasswordLogin(store, hash, clock);

    PasswordLoginTest() {
        accounts.ensureAdministrator("right"::toCharArray);
    }

    @Test
    void the_right_password_gives_the_account_whatever_the_case_of_the_name() {
        assertThat(login.login(" Administrator ", "right".toCharArray(), HERE).userName())
                .isEqualTo(UserName.ADMINISTRATOR);
    }

    @Test
    void an_unknown_name_and_a_wrong_password_are_refused_in_the_same_words() {
        FaultException wrong = refusal("administrator", "wrong");
        FaultException unknown = refusal("nobody", "wrong");
        FaultException impossible = refusal("no such name!", "wrong");

        assertThat(wrong.code()).isEqualTo(FaultCode.LOGIN_REFUSED);
        assertThat(unknown.fault()).isEqualTo(wrong.fault());
        assertThat(impossible.fault()).isEqualTo(wrong.fault());
    }

    @Test
    void an_unknown_name_costs_a_hash_too() {
        refusal("nobody", "wrong");

        assertThat(hash.compared).hasSize(1);
    }

    @Test
    void the_password_of_nobody_logs_nobody_in() {
        assertThat(refusal("nobody", "a password that nobody has").code()).isEqualTo(FaultCode.LOGIN_REFUSED);
    }

    @Test
    void after_five_failures_even_the_right_password_waits_five_minutes() {
        for (int i = 0; i < 5; i++) {
            assertThat(refusal("administrator", "wrong").code()).isEqualTo(FaultCode.LOGIN_REFUSED);
        }

        assertThat(refusal("ADMINISTRATOR", "right").code()).isEqualTo(FaultCode.LOGIN_THROTTLED);
        clock.advance(Duration.ofSeconds(299));
        assertThat(refusal("administrator", "right").code()).isEqualTo(FaultCode.LOGIN_THROTTLED);
        clock.advance(Duration.ofSeconds(1));
        assertThat(login.login("administrator", "right".toCharArray(), HERE).userName())
                .isEqualTo(UserName.ADMINISTRATOR);
    }

    @Test
    void a_strangers_guesses_do_not_keep_the_owner_out() {
        for (int i = 0; i < 5; i++) {
            refusal("administrator", "wrong");
        }

        assertThat(login.login("administrator", "right".toCharArray(), "198.51.100.9")
                        .userName())
                .isEqualTo(UserName.ADMINISTRATOR);
    }

    @Test
    @Timeout(60)
    void strangers_who_keep_the_hash_busy_do_not_hold_up_who_has_logged_in_from_there_before() throws Exception {
        CountDownLatch hashing = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        PasswordHash slow = new PasswordHash() {
            @Override
            public String hash(char[] password) {
                return hash.hash(password);
            }

            @Override
            public boolean matches(char[] password, String stored) {
                if (String.valueOf(password).equals("guess")) {
                    hashing.countDown();
                    await(enough);
                }
                return hash.matches(password, stored);
            }
        };
        PasswordLogin busy = new PasswordLogin(store, slow, clock);
        busy.login("administrator", "right".toCharArray(), HERE);
        try (ExecutorService strangers = Executors.newFixedThreadPool(3)) {
            try {
                for (int i = 0; i < 3; i++) {
                    String name = "name-" + i;
                    strangers.submit(() -> catchThrowableOfType(
                            FaultException.class, () -> busy.login(name, "guess".toCharArray(), "203.0.113.7")));
                }
                await(hashing);
                assertThat(busy.login("administrator", "right".toCharArray(), HERE)
                                .userName())
                        .isEqualTo(UserName.ADMINISTRATOR);
            } finally {
                enough.countDown();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void an_unknown_name_is_locked_just_the_same() {
        for (int i = 0; i < 5; i++) {
            refusal("nobody", "wrong");
        }

        assertThat(refusal("nobody", "wrong").code()).isEqualTo(FaultCode.LOGIN_THROTTLED);
    }

    @Test
    void an_endless_password_is_refused_without_hashing_it() {
        assertThat(refusal("administrator", "x".repeat(100_000)).code()).isEqualTo(FaultCode.LOGIN_REFUSED);
        assertThat(hash.compared).isEmpty();
    }

    @Test
    void the_first_administrator_is_made_once() {
        assertThat(accounts.ensureAdministrator("other"::toCharArray)).isFalse();
        assertThat(login.login("administrator", "right".toCharArray(), HERE).userName())
                .isEqualTo(UserName.ADMINISTRATOR);
    }

    @Test
    void generated_passwords_have_four_groups_and_differ() {
        CountedSecrets secrets = new CountedSecrets();

        String first = Accounts.generatePassword(secrets);

        assertThat(first).matches("([a-km-z2-9]{5}-){3}[a-km-z2-9]{5}");
        assertThat(Accounts.generatePassword(secrets)).isNotEqualTo(first);
    }

    private FaultException refusal(String name, String password) {
        return catchThrowableOfType(FaultException.class, () -> login.login(name, password.toCharArray(), HERE));
    }
}
