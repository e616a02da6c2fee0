package dev.sternpost.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControlMessageTest {

    @Test
    void a_message_is_read_as_it_was_written() {
        Property.holds("messages survive the line", random -> {
            ControlMessage message = anyMessage(random);
            ByteBuffer frame = message.format();
            assertThat(Short.toUnsignedInt(frame.getShort())).isEqualTo(frame.remaining());
            assertThat(ControlMessage.parse(frame)).isEqualTo(message);
        });
    }

    @Test
    void a_damaged_message_is_read_or_refused_and_never_more_than_that() {
        Property.holds("a message is read or refused", 1000, random -> {
            ByteBuffer whole = anyMessage(random).format();
            byte[] frame = new byte[whole.remaining() - 2];
            whole.get(2, frame);
            for (int i = random.between(1, 3); i > 0; i--) {
                frame[random.chance(0.3) ? 0 : random.between(0, frame.length - 1)] =
                        (byte) (random.chance(0.5) ? random.between(0, 5) : random.between(0, 255));
            }
            ByteBuffer damaged =
                    ByteBuffer.wrap(frame, 0, random.chance(0.5) ? frame.length : random.between(0, frame.length));
            try {
                assertThat(ControlMessage.parse(damaged.slice())).isNotNull();
            } catch (IOException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        });
    }

    @Test
    void every_cut_of_a_message_of_fixed_length_is_refused() {
        for (ControlMessage message : List.of(
                new ControlMessage.Probe(1),
                new ControlMessage.ProbeAnswer(1, 2, 3),
                new ControlMessage.Release(new Go(1, 2, 3, 4, 5, 6, 7)))) {
            ByteBuffer whole = message.format();
            for (int length = 0; length < whole.remaining() - 2; length++) {
                ByteBuffer cut = whole.slice(2, length);
                assertThatThrownBy(() -> ControlMessage.parse(cut))
                        .as(message + " cut at " + length)
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void an_answer_too_long_for_a_frame_is_cut_and_not_refused() throws IOException {
        ByteBuffer frame = new ControlMessage.Released(new GoAnswer(false, "ü".repeat(5000))).format();

        assertThat(frame.remaining()).isLessThanOrEqualTo(2 + ControlMessage.BYTES_MAX);
        assertThat(ControlMessage.parse(frame.position(2)))
                .isInstanceOfSatisfying(ControlMessage.Released.class, released -> {
                    assertThat(released.answer().running()).isFalse();
                    assertThat(released.answer().message()).startsWith("üüü");
                });
    }

    private static ControlMessage anyMessage(Generator random) {
        return switch (random.between(0, 3)) {
            case 0 -> new ControlMessage.Probe(any(random));
            case 1 -> new ControlMessage.ProbeAnswer(any(random), any(random), any(random));
            case 2 ->
                new ControlMessage.Release(new Go(
                        any(random), any(random), any(random), any(random), any(random), any(random), any(random)));
            default -> new ControlMessage.Released(new GoAnswer(random.chance(0.5), "why: " + random.word(40)));
        };
    }

    private static long any(Generator random) {
        return random.between(Long.MIN_VALUE, Long.MAX_VALUE);
    }
}
