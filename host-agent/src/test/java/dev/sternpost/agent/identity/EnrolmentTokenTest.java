package dev.sternpost.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnrolmentTokenTest {

    @Test
    void a_whole_token_is_read_and_keeps_its_secret_to_itself() {
        String text = new TestAuthority().token();

        EnrolmentToken token = EnrolmentToken.parse("  " + text + "\n");

        assertThat(token.reveal()).isEqualTo(text);
        assertThat(token.caFingerprint()).hasSize(32);
        assertThat(token.toString()).doesNotContain(text.substring(5, 20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "spt1",
                "spt2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "spt1.AAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "spt1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAA",
                "spt1.AAAAAAAAAAAAAAAAAAAAAAAAAAAA!AAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "spt1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.x",
            })
    void a_damaged_token_is_refused_without_being_repeated(String text) {
        assertThatThrownBy(() -> EnrolmentToken.parse(text)).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.TOKEN_INVALID);
            assertThat(fault.getMessage()).contains("sternpost host token").doesNotContain("AAAAAAAA");
        });
    }
}
