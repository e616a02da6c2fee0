package dev.sternpost.agent.vmdirectory;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text of {@code key = "value"} lines. Keys are compared without regard to case; lines that nobody asks for, comments
 * and the order of lines are kept. In values {@code |XX} stands for the byte with that hexadecimal number, used for
 * quotes, bars and control characters.
 */
final class VmxText {

    static final int BYTES_MAX = 1 << 20;
    static final int LINES_MAX = 10_000;
    static final int VALUE_CHARS_MAX = 64 << 10;

    private static final Pattern LINE = Pattern.compile("\\s*([A-Za-z0-9_.:-]{1,200})\\s*=\\s*\"([^\"]*)\"\\s*");
    private static final Pattern ESCAPE = Pattern.compile("\\|([0-9A-Fa-f]{2})");

    /** One line: a key with its value, or text that is only kept. */
    private sealed interface Line {
        record Entry(String key, String value) implements Line {}

        record Kept(String text) implements Line {}
    }

    private final List<Line> lines = new ArrayList<>();

    /**
     * Reads a text.
     *
     * @param where names the file in a fault
     * @throws FaultException VM_DIRECTORY_UNREADABLE with the number of the line that is wrong
     */
    static VmxText parse(byte[] content, String where) {
        if (content.length > BYTES_MAX) {
            throw unreadable(where + " is larger than 1 MiB");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unreadable(where + " is not UTF-8 text");
        }
        VmxText result = new VmxText();
        Map<String, Integer> seen = new LinkedHashMap<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (number > LINES_MAX) {
                throw unreadable(where + " has more than " + LINES_MAX + " lines");
            }
            result.lines.add(parseLine(line, where, number, seen));
        }
        return result;
    }

    private static Line parseLine(String line, String where, int number, Map<String, Integer> seen) {
        if (line.isBlank() || line.stripLeading().startsWith("#")) {
            return new Line.Kept(line);
        }
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw unreadable(where + " line " + number + " is not of the form key = \"value\"");
        }
        String key = matcher.group(1);
        Integer first = seen.putIfAbsent(key.toLowerCase(Locale.ROOT), number);
        if (first != null) {
            throw unreadable(where + " line " + number + " gives " + key + " again, first given in line " + first);
        }
        if (matcher.group(2).length() > VALUE_CHARS_MAX) {
            throw unreadable(where + " line " + number + " has a value of more than 64 KiB");
        }
        try {
            return new Line.Entry(key, unescape(matcher.group(2)));
        } catch (CharacterCodingException e) {
            throw unreadable(where + " line " + number + " has an escape that is not UTF-8");
        }
    }

    /** The value of a key. */
    Optional<String> find(String key) {
        for (Line line : lines) {
            if (line instanceof Line.Entry entry && entry.key().equalsIgnoreCase(key)) {
                return Optional.of(entry.value());
            }
        }
        return Optional.empty();
    }

    /** Sets a value, in its place when the key is there, else at the end. */
    void set(String key, String value) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i) instanceof Line.Entry entry && entry.key().equalsIgnoreCase(key)) {
                lines.set(i, new Line.Entry(entry.key(), value));
                return;
            }
        }
        lines.add(new Line.Entry(key, value));
    }

    /** Removes the keys that the condition names, given in lower case. */
    void removeKeys(Predicate<String> condition) {
        lines.removeIf(line ->
                line instanceof Line.Entry entry && condition.test(entry.key().toLowerCase(Locale.ROOT)));
    }

    /** The text as it is written. */
    byte[] bytes() {
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            switch (line) {
                case Line.Kept kept -> text.append(kept.text());
                case Line.Entry entry ->
                    text.append(entry.key())
                            .append(" = \"")
                            .append(escape(entry.value()))
                            .append('"');
            }
            text.append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The fault for a VM directory that cannot be understood. */
    static FaultException unreadable(String complaint) {
        return Fault.of(
                        FaultCode.VM_DIRECTORY_UNREADABLE,
                        complaint + "; correct the file or restore it, then try again.")
                .exception();
    }

    private static String escape(String value) {
        StringBuilder text = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            // NEL and the two Unicode separators are no control characters here, but other readers split lines at them.
            if (c == '"' || c == '|' || c < 0x20 || c == 0x7f) {
                text.append(String.format(Locale.ROOT, "|%02X", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static String unescape(String value) throws CharacterCodingException {
        if (value.indexOf('|') < 0) {
            return value;
        }
        // Escapes stand for bytes, so a character beyond ASCII may come as several of them.
        ByteBuffer bytes = ByteBuffer.allocate(value.length() * 3);
        Matcher matcher = ESCAPE.matcher(value);
        int from = 0;
        while (matcher.find()) {
            bytes.put(value.substring(from, matcher.start()).getBytes(StandardCharsets.UTF_8));
            bytes.put((byte) Integer.parseInt(matcher.group(1), 16));
            from = matcher.end();
        }
        bytes.put(value.substring(from).getBytes(StandardCharsets.UTF_8));
        return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    }
}
