package dev.sternpost.drs.replay;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@link CanonicalText}. Every fault is an {@link IllegalArgumentException} that says where. */
final class CanonicalReader {
    private static final int DEPTH_MAX = 32;
    private static final int HEX_DIGITS = 4;

    private final String text;
    private int at;
    private int depth;

    private CanonicalReader(String text) {
        this.text = text;
    }

    static <T> T read(String text, Class<T> type) {
        CanonicalReader reader = new CanonicalReader(text);
        Object value = reader.value(type);
        if (value == null || reader.at != text.length()) {
            throw reader.wrong("one " + type.getSimpleName());
        }
        return type.cast(value);
    }

    static Type elementOf(Type declared) {
        if (declared instanceof ParameterizedType list && list.getRawType() == List.class) {
            return list.getActualTypeArguments()[0];
        }
        throw new IllegalArgumentException("a list of what? " + declared);
    }

    private @Nullable Object value(Type declared) {
        if (text.startsWith("null", at)) {
            at += "null".length();
            return null;
        }
        if (declared == String.class) {
            return string();
        }
        if (declared == boolean.class) {
            return truth();
        }
        if (declared == int.class) {
            return Integer.valueOf(number());
        }
        if (declared == long.class) {
            return Long.valueOf(number());
        }
        if (declared == double.class) {
            return Double.valueOf(number());
        }
        if (declared instanceof Class<?> type) {
            return type.isEnum() ? constant(type) : made(type);
        }
        return list(elementOf(declared));
    }

    private List<Object> list(Type element) {
        List<Object> list = new ArrayList<>();
        expect('[');
        while (!takes(']')) {
            if (!list.isEmpty()) {
                expect(',');
            }
            Object value = value(element);
            if (value == null) {
                throw wrong("no null in a list");
            }
            list.add(value);
        }
        return list;
    }

    private static Object constant(Class<?> type, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> ((Enum<?>) constant).name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(type.getSimpleName() + " has no " + name));
    }

    private Object constant(Class<?> type) {
        return constant(type, string());
    }

    private Object made(Class<?> type) {
        if (++depth > DEPTH_MAX) {
            throw wrong("at most " + DEPTH_MAX + " records inside each other");
        }
        Object made = type.isSealed() ? member(type) : plain(type);
        depth--;
        return made;
    }

    private Object plain(Class<?> type) {
        RecordShape shape = RecordShape.of(type);
        if (shape.isText()) {
            return shape.make(new Object[] {string()});
        }
        expect('{');
        return components(shape, true);
    }

    private Object member(Class<?> type) {
        expect('{');
        if (!string().equals(CanonicalText.KIND)) {
            throw wrong("the kind first");
        }
        expect(':');
        String kind = string();
        Class<?> member = Arrays.stream(type.getPermittedSubclasses())
                .filter(each -> each.getSimpleName().equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(type.getSimpleName() + " has no " + kind));
        return components(RecordShape.of(member), false);
    }

    private Object components(RecordShape shape, boolean first) {
        @Nullable Object[] values = new @Nullable Object[shape.names().length];
        boolean[] given = new boolean[values.length];
        boolean begins = first;
        while (!takes('}')) {
            if (!begins) {
                expect(',');
            }
            begins = false;
            int index = shape.indexOf(string());
            expect(':');
            values[index] = value(shape.types()[index]);
            given[index] = true;
        }
        for (int i = 0; i < given.length; i++) {
            if (!given[i]) {
                throw wrong(shape.type().getSimpleName() + " with " + shape.names()[i]);
            }
        }
        return shape.make(values);
    }

    private boolean truth() {
        if (text.startsWith("true", at)) {
            at += "true".length();
            return true;
        }
        if (text.startsWith("false", at)) {
            at += "false".length();
            return false;
        }
        throw wrong("true or false");
    }

    private String number() {
        int start = at;
        while (at < text.length() && "+-.0123456789E".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at == start) {
            throw wrong("a number");
        }
        return text.substring(start, at);
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (!takes('"')) {
            char c = next();
            string.append(c == '\\' ? escaped() : c);
        }
        return string.toString();
    }

    private char escaped() {
        char c = next();
        if (c != 'u') {
            return c;
        }
        if (at + HEX_DIGITS > text.length()) {
            throw wrong("four digits");
        }
        at += HEX_DIGITS;
        return (char) Integer.parseInt(text, at - HEX_DIGITS, at, 16);
    }

    private char next() {
        if (at >= text.length()) {
            throw wrong("more");
        }
        return text.charAt(at++);
    }

    private boolean takes(char wanted) {
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!takes(wanted)) {
            throw wrong("'" + wanted + "'");
        }
    }

    private IllegalArgumentException wrong(String wanted) {
        return new IllegalArgumentException("character " + at + ": " + wanted + " is wanted");
    }
}
