package dev.sternpost.ha.text;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A record as lines of {@code key=value}, the last of which is a check sum over the others. What is torn, full of zeros or of another kind
 * does not parse.
 */
public final class Lines {
    /** Longest record: what a cluster of ten thousand virtual machines is to keep up, and room to spare. */
    public static final int LENGTH_MAX = 4 * 1024 * 1024;

    private static final String SUM = "sum=";

    private final Map<String, String> values;

    private Lines(Map<String, String> values) {
        this.values = values;
    }

    /** An empty record of a kind. */
    public static Lines of(String kind) {
        return new Lines(new LinkedHashMap<>()).with("kind", kind);
    }

    /** The same object with one more line. */
    public Lines with(String key, Object value) {
        String text = String.valueOf(value);
        if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("a value is one line: " + key);
        }
        values.put(key, text);
        return this;
    }

    /** As it is written. */
    public String encoded() {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text + SUM + sum(text.toString()) + "\n";
    }

    /** A record of a kind; empty when the text is not one, such as after a torn write. */
    public static Optional<Lines> decode(String kind, String text) {
        if (text.length() > LENGTH_MAX || !text.endsWith("\n")) {
            return Optional.empty();
        }
        int last = text.lastIndexOf('\n', text.length() - 2) + 1;
        String body = text.substring(0, last);
        if (!text.substring(last).equals(SUM + sum(body) + "\n")) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int from = 0, end = body.indexOf('\n'); end >= 0; from = end + 1, end = body.indexOf('\n', from)) {
            int at = body.indexOf('=', from);
            if (at > from && at < end) {
                values.put(body.substring(from, at), body.substring(at + 1, end));
            }
        }
        return kind.equals(values.get("kind")) ? Optional.of(new Lines(values)) : Optional.empty();
    }

    /** The names of all values, in their order. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** A value; empty text when there is none. */
    public String text(String key) {
        return values.getOrDefault(key, "");
    }

    /**
     * A number.
     *
     * @throws NumberFormatException when it is none
     */
    public long number(String key) {
        return Long.parseLong(text(key));
    }

    /** Whether the value is "true". */
    public boolean flag(String key) {
        return Boolean.parseBoolean(text(key));
    }

    private static String sum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
