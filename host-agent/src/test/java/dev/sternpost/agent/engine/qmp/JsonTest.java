package dev.sternpost.agent.engine.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    /** For reading and writing. */
    record Point(int x, String name) {
        Point {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a point has a name");
            }
        }
    }

    @Test
    void values_keep_their_kind_and_a_line_stays_a_line() {
        String text = new String(
                Json.bytes(Json.object(
                        "s", "a\"b\nc", "n", 1L << 40, "b", true, "l", List.of(1, "x"), "m", Map.of("k", 2))),
                StandardCharsets.UTF_8);

        assertThat(text)
                .isEqualTo("{\"s\":\"a\\\"b\\nc\",\"n\":1099511627776,\"b\":true,\"l\":[1,\"x\"],\"m\":{\"k\":2}}");
    }

    @Test
    void a_record_is_read_as_it_was_written_and_what_newer_ones_added_is_ignored() {
        assertThat(Json.read(Json.write(new Point(3, "a")), Point.class)).isEqualTo(new Point(3, "a"));
        assertThat(read("{\"x\": 3, \"name\": \"a\", \"colour\": \"red\"}")).isEqualTo(new Point(3, "a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "{}",
                "{\"x\": 3}",
                "{\"x\": \"y\", \"name\": \"a\"}",
                "{\"x\": 3, \"name\": \"\"}"
            })
    void what_is_no_such_record_is_refused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "nul", "{\"a\": }", "\u0000", "{'a': 1}"})
    void what_is_no_json_is_refused(String text) {
        assertThatThrownBy(() -> Json.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nesting_has_a_bound_instead_of_a_stack_overflow() {
        assertThatThrownBy(() -> Json.parse("[".repeat(200_000).getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Point read(String text) {
        return Json.read(text.getBytes(StandardCharsets.UTF_8), Point.class);
    }
}
