package dev.sternpost.ha.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Property;
import org.junit.jupiter.api.Test;

class LinesTest {
    @Test
    void what_was_written_is_read() {
        String text = Lines.of("thing").with("number", 7).with("word", "a=b").encoded();
        Lines lines = Lines.decode("thing", text).orElseThrow();
        assertThat(lines.number("number")).isEqualTo(7);
        assertThat(lines.text("word")).isEqualTo("a=b");
        assertThat(lines.text("nothing")).isEmpty();
        assertThat(Lines.decode("other", text)).isEmpty();
    }

    @Test
    void what_is_torn_or_changed_is_not_read() {
        Property.holds("a torn record does not parse", random -> {
            String text = Lines.of("thing")
                    .with("a", random.word(20))
                    .with("b", random.word(20))
                    .encoded();
            int cut = random.between(0, text.length() - 1);
            assertThat(Lines.decode("thing", text.substring(0, cut))).isEmpty();
            String old = Lines.of("thing")
                    .with("a", random.word(20))
                    .with("b", random.word(21))
                    .encoded();
            String torn = text.substring(0, cut) + (cut < old.length() ? old.substring(cut) : "");
            if (!torn.equals(text) && !torn.equals(old)) {
                assertThat(Lines.decode("thing", torn)).isEmpty();
            }
        });
    }
}
