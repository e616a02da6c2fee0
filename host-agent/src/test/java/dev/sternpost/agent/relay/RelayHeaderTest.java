package dev.sternpost.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.testkit.Property;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class RelayHeaderTest {

    @Test
    void a_header_is_read_as_it_was_written() throws IOException {
        RelayHeader header = new RelayHeader(RelayHeader.Kind.CONTROL, "task-17", "geheim-ü");

        ByteBuffer frame = header.format();

        assertThat(Short.toUnsignedInt(frame.getShort())).isEqualTo(frame.remaining());
        assertThat(RelayHeader.parse(frame)).isEqualTo(header);
        assertThat(header.toString()).doesNotContain("geheim");
    }

    @Test
    void rubbish_is_refused_and_never_more_than_that() {
        Property.holds("a header is read or refused", random -> {
            ByteBuffer frame = ByteBuffer.wrap(random.bytes(random.between(0, 40)));
            try {
                RelayHeader.parse(frame);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("e");
            }
        });
    }

    @Test
    void a_damaged_header_is_never_taken_for_the_one_that_was_sent() {
        Property.holds("damage is seen or changes what is read", 500, random -> {
            RelayHeader header = new RelayHeader(
                    random.pick(RelayHeader.Kind.class), "mig-" + random.word(20), "secret-" + random.word(50));
            ByteBuffer whole = header.format();
            byte[] frame = new byte[whole.remaining() - 2];
            whole.get(2, frame);
            int at = random.between(0, frame.length - 1);
            frame[at] ^= (byte) random.between(1, 255);
            try {
                assertThat(RelayHeader.parse(ByteBuffer.wrap(frame))).isNotEqualTo(header);
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("secret");
            }
        });
    }

    @Test
    void every_cut_of_a_good_header_is_refused() {
        ByteBuffer whole = new RelayHeader(RelayHeader.Kind.STREAM, "mig-1", "ticket").format();
        for (int length = 0; length < whole.remaining() - 2; length++) {
            ByteBuffer cut = whole.slice(2, length);
            assertThatThrownBy(() -> RelayHeader.parse(cut)).isInstanceOf(IOException.class);
        }
    }
}
