package dev.sternpost.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ConnectOptionsTest {
    @Test
    void an_address_may_be_written_in_several_ways() {
        assertThat(ConnectOptions.to("https://127.0.0.1:7443/").address()).isEqualTo("127.0.0.1:7443");
        assertThat(ConnectOptions.to("vc.example").address()).isEqualTo("vc.example:7443");
        assertThat(ConnectOptions.to("[::1]").address()).isEqualTo("[::1]:7443");
        assertThat(ConnectOptions.to("[::1]:9000").address()).isEqualTo("[::1]:9000");
    }

    @Test
    void what_is_no_address_is_refused() {
        assertThatThrownBy(() -> ConnectOptions.to("")).hasMessageContaining("host:port");
        assertThatThrownBy(() -> ConnectOptions.to("http://x")).hasMessageContaining("host:port");
    }

    @Test
    void a_token_does_not_show_itself() {
        assertThat(new AccessToken("s3cret", Instant.EPOCH).toString()).doesNotContain("s3cret");
    }

    @Test
    void a_token_is_renewed_after_two_thirds_of_its_life_however_the_clocks_stand() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");

        assertThat(SessionToken.untilRenewal(now, new AccessToken("t", now.plusSeconds(1800))))
                .isEqualTo(Duration.ofSeconds(1200));
        assertThat(SessionToken.untilRenewal(now, new AccessToken("t", now.minusSeconds(60))))
                .isEqualTo(Duration.ofSeconds(2));
        assertThat(SessionToken.untilRenewal(now, new AccessToken("t", now.plus(Duration.ofDays(400)))))
                .isEqualTo(Duration.ofHours(16));
    }
}
