package dev.sternpost.agent.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The text of a ledger file: a first line with the kind of the file, {@code key=value} lines, and a last line with a
 * checksum over all before it, so that a damaged file is told from a good one.
 */
final class Fields {

    private static final String END = "end=";

    private final String kind;
    private final Map<String, String> values = new LinkedHashMap<>();

    Fields(String kind) {
        this.kind = kind;
    }

    static Fields parse(String kind, byte[] content) throws IOException {
        String text = new String(content, StandardCharsets.UTF_8);
        int end = text.lastIndexOf("\n" + END) + 1;
        if (end <= 0 || !text.substring(end).equals(END + checksum(text.substring(0, end)) + "\n")) {
            throw new IOException("the checksum is wrong");
        }
        String[] lines = text.substring(0, end).split("\n", -1);
        if (!lines[0].equals(kind)) {
            throw new IOException("it should be \"" + kind + "\" but is \"" + lines[0] + "\"");
        }
        Fields fields = new Fields(kind);
        for (int i = 1; i < lines.length - 1; i++) {
            int equals = lines[i].indexOf('=');
            if (equals <= 0) {
                throw new IOException("line " + (i + 1) + " is not key=value");
            }
            fields.values.put(lines[i].substring(0, equals), unescape(lines[i].substring(equals + 1)));
        }
        return fields;
    }

    byte[] format() {
        StringBuilder text = new StringBuilder(kind).append('\n');
        values.forEach((key, value) ->
                text.append(key).append('=').append(escape(value)).append('\n'));
        return (text + END + checksum(text.toString()) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    Fields put(String key, String value) {
        values.put(key, value);
        return this;
    }

    Fields put(String key, long value) {
        return put(key, Long.toString(value));
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    Set<String> keys() {
        return Set.copyOf(values.keySet());
    }

    String text(String key) throws IOException {
        String value = values.get(key);
        if (value == null) {
            throw new IOException("it lacks " + key);
        }
        return value;
    }

    long number(String key) throws IOException {
        try {
            return Long.parseLong(text(key));
        } catch (NumberFormatException e) {
            throw new IOException(key + " is not a number", e);
        }
    }

    <E extends Enum<E>> E word(String key, Class<E> type) throws IOException {
        try {
            return Enum.valueOf(type, text(key));
        } catch (IllegalArgumentException e) {
            throw new IOException(key + " is not one of the known words", e);
        }
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String unescape(String value) {
        StringBuilder plain = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' && i + 1 < value.length()) {
                char next = value.charAt(++i);
                plain.append(next == 'n' ? '\n' : next == 'r' ? '\r' : next);
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
