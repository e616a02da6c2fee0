package dev.sternpost.drs.replay;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as JSON of one form only: components in the order of the record, no blanks, numbers as Java prints them. Equal
 * records give equal texts, and a text gives an equal record back. Knows records of records, lists, enums, texts, numbers and truth
 * values; a member of a sealed interface says its kind first, and an id is its text.
 */
final class CanonicalText {
    static final String KIND = "kind";

    private static final int CONTROL_END = 0x20;

    private final StringBuilder text = new StringBuilder();

    private CanonicalText() {}

    static String of(Object value) {
        CanonicalText writer = new CanonicalText();
        writer.write(value, value.getClass());
        return writer.text.toString();
    }

    /** Reads what {@link #of} wrote. */
    static <T> T read(String text, Class<T> type) {
        return CanonicalReader.read(text, type);
    }

    private void write(@Nullable Object value, Type declared) {
        switch (value) {
            case null -> text.append("null");
            case String string -> quote(string);
            case Enum<?> constant -> quote(constant.name());
            case Boolean truth -> text.append(truth.booleanValue());
            case Integer number -> text.append(number.intValue());
            case Long number -> text.append(number.longValue());
            case Double number -> text.append(finite(number));
            case List<?> list -> list(list, CanonicalReader.elementOf(declared));
            case Record made -> writeRecord(made, declared);
            default -> throw new IllegalArgumentException("cannot be written: " + value.getClass());
        }
    }

    private static double finite(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("not a finite number");
        }
        return number;
    }

    private void list(List<?> list, Type element) {
        text.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                text.append(',');
            }
            write(list.get(i), element);
        }
        text.append(']');
    }

    private void writeRecord(Record made, Type declared) {
        RecordShape shape = RecordShape.of(made.getClass());
        if (shape.isText()) {
            quote(String.valueOf(shape.get(made, 0)));
            return;
        }
        text.append('{');
        boolean first = true;
        if (declared instanceof Class<?> type && type.isSealed()) {
            quote(KIND);
            text.append(':');
            quote(made.getClass().getSimpleName());
            first = false;
        }
        for (int i = 0; i < shape.names().length; i++) {
            if (!first) {
                text.append(',');
            }
            first = false;
            quote(shape.names()[i]);
            text.append(':');
            write(shape.get(made, i), shape.types()[i]);
        }
        text.append('}');
    }

    private void quote(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < CONTROL_END) {
                text.append("\\u00").append(c < 0x10 ? "0" : "").append(Integer.toHexString(c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
