package dev.sternpost.sso.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.sso.CountedSecrets;
import org.junit.jupiter.api.Test;

class Argon2idHashTest {
    private final Argon2idHash hash = new Argon2idHash(new CountedSecrets());

    @Test
    void a_password_matches_its_own_hash_and_no_other_does() {
        String stored = hash.hash("correct horse".toCharArray());

        assertThat(hash.matches("correct horse".toCharArray(), stored)).isTrue();
        assertThat(hash.matches("correct horsf".toCharArray(), stored)).isFalse();
        assertThat(hash.matches("".toCharArray(), stored)).isFalse();
    }

    @Test
    void the_same_password_never_gives_the_same_hash_twice() {
        assertThat(hash.hash("same".toCharArray())).isNotEqualTo(hash.hash("same".toCharArray()));
    }

    /** From the test suite of the reference implementation (phc-winner-argon2, v=19, argon2id). */
    @Test
    void a_hash_made_by_the_reference_implementation_is_understood() {
        assertThat(hash.matches(
                        "password".toCharArray(),
                        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"))
                .isTrue();
    }

    @Test
    void a_stored_hash_that_asks_for_too_much_memory_is_not_computed() {
        String greedy = hash.hash("x".toCharArray()).replace("m=19456", "m=9999999");

        assertThatThrownBy(() -> hash.matches("x".toCharArray(), greedy)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void what_is_not_a_hash_is_not_taken_for_one_and_not_repeated_in_the_message() {
        assertThatThrownBy(() -> hash.matches("x".toCharArray(), "plaintext"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("plaintext");
    }
}
