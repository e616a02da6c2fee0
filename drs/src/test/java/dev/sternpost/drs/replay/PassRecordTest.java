package dev.sternpost.drs.replay;

import static dev.sternpost.drs.SampleClusters.cluster;
import static dev.sternpost.drs.SampleClusters.host;
import static dev.sternpost.drs.SampleClusters.vm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.SampleClusters;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.testkit.Property;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class PassRecordTest {
    private static PassRecord sample() {
        return PassRecord.make(
                cluster(List.of(host(1), host(2)), List.of(vm(1, 1, 6000), vm(2, 1, 5000))), DrsPolicy.standard());
    }

    @Test
    void a_stored_pass_is_read_back_and_made_again_the_same_to_the_last_byte() {
        Property.holds("replay", 300, random -> {
            PassRecord pass = PassRecord.make(SampleClusters.draw(random), SampleClusters.drawPolicy(random));
            byte[] stored = pass.toBytes();
            PassRecord read = PassRecord.fromBytes(stored);
            assertThat(read).isEqualTo(pass);
            assertThat(read.toBytes()).isEqualTo(stored);
            assertThat(read.replay()).isEqualTo(new Replay(true, ""));
        });
    }

    @Test
    void the_machines_language_changes_nothing() {
        Locale before = Locale.getDefault();
        PassRecord pass = sample();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));
            assertThat(pass.replay().identical()).isTrue();
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void another_plan_is_noticed_and_the_first_difference_is_shown() {
        PassRecord pass = sample();
        assertThat(Replay.of(pass.planText(), pass.planText().replace("\"number\":1", "\"number\":2")))
                .satisfies(replay -> {
                    assertThat(replay.identical()).isFalse();
                    assertThat(replay.difference()).contains("\"number\":1", "\"number\":2");
                });
    }

    @Test
    void texts_survive_whatever_is_in_them() {
        String odd = "a\"b\\c\nd\tüé€😀\u0001 {[]}, null";
        assertThat(CanonicalText.read(CanonicalText.of(new Replay(false, odd)), Replay.class))
                .isEqualTo(new Replay(false, odd));
    }

    @Test
    void what_is_no_stored_pass_is_refused_with_a_reason() {
        byte[] stored = sample().toBytes();
        assertThatThrownBy(() -> PassRecord.fromBytes(new byte[] {1, 2, 3})).hasMessage("not a compressed text");
        assertThatThrownBy(() -> PassRecord.fromBytes(Arrays.copyOf(stored, stored.length / 2)))
                .hasMessage("cut off");
        assertThatThrownBy(() -> PassRecord.fromBytes(Compression.deflate("{\"format\":1}")))
                .hasMessageContaining("PassRecord with snapshot is wanted");
        assertThatThrownBy(() -> PassRecord.fromBytes(Compression.deflate("[]")))
                .hasMessageContaining("character 0: '{' is wanted");
    }

    @Test
    void no_damage_to_a_stored_text_does_more_than_refuse() {
        String text = CanonicalText.of(sample());
        Property.holds("damaged passes", 300, random -> {
            StringBuilder damaged = new StringBuilder(text);
            for (int i = 0; i < random.between(1, 4); i++) {
                damaged.setCharAt(random.between(0, text.length() - 1), (char) random.between(32, 126));
            }
            try {
                assertThat(CanonicalText.read(damaged.toString(), PassRecord.class))
                        .isNotNull();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageNotContaining("StackOverflow");
            }
        });
    }
}
