package dev.sternpost.sso.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.CountedSecrets;
import dev.sternpost.sso.InMemoryIdentityStore;
import dev.sternpost.sso.UserName;
import dev.sternpost.testkit.VirtualClock;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class EnrolmentTokensTest {
    private static final HostId HOST = new HostId("host-12");
    private static final byte[] FINGERPRINT = new byte[32];

    private final VirtualClock clock = new VirtualClock();
    private final InMemoryIdentityStore store = new InMemoryIdentityStore();
    private final EnrolmentTokens tokens = new EnrolmentTokens(store, new CountedSecrets(), clock);

    @Test
    void a_token_makes_its_bearer_that_host_once() {
        String token = issue();

        assertThat(tokens.redeem(token)).isEqualTo(HOST);
        assertThatTokenIsRefused(token);
    }

    @Test
    void a_token_carries_the_fingerprint_of_the_authority() {
        assertThat(Base64.getUrlDecoder().decode(issue().split("\\.")[2])).isEqualTo(FINGERPRINT);
    }

    @Test
    void a_token_works_for_an_hour() {
        String token = issue();
        clock.advance(Duration.ofHours(1));

        assertThatTokenIsRefused(token);
    }

    @Test
    void a_wrong_secret_does_not_use_the_token_up() {
        String token = issue();
        String forged = flip(token, 40);

        assertThatTokenIsRefused(forged);
        assertThat(tokens.redeem(token)).isEqualTo(HOST);
    }

    @Test
    void a_second_token_for_a_host_replaces_the_first() {
        String first = issue();
        String second = issue();

        assertThatTokenIsRefused(first);
        assertThat(tokens.redeem(second)).isEqualTo(HOST);
    }

    @Test
    void what_is_no_token_is_refused() {
        for (String nonsense : new String[] {"", "spt1..", "spt1.x.y", "x".repeat(100_000)}) {
            assertThatTokenIsRefused(nonsense);
        }
    }

    private String issue() {
        return tokens.issue(HOST, UserName.ADMINISTRATOR, FINGERPRINT).token();
    }

    private static String flip(String token, int index) {
        char other = token.charAt(index) == 'A' ? 'B' : 'A';
        return token.substring(0, index) + other + token.substring(index + 1);
    }

    private void assertThatTokenIsRefused(String token) {
        assertThat(catchThrowableOfType(FaultException.class, () -> tokens.redeem(token))
                        .code())
                .isEqualTo(FaultCode.TOKEN_INVALID);
    }
}
