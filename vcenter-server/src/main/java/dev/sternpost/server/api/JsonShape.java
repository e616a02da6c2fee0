package dev.sternpost.server.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Says what is wrong with a JSON request: which field, and what it should be. Only asked once a request could not be read,
 * or for a value of a query, so it need not be quick; what it finds nothing wrong with may still be refused.
 */
final class JsonShape {
    /** Names listed in an answer; the largest message has fewer fields than this. */
    private static final int NAMES_MAX = 40;

    private static final int VALUE_CHARS_MAX = 40;

    /** No request is nested this deep. */
    private static final int DEPTH_MAX = 20;

    private JsonShape() {}

    /** The first thing wrong with a message, as the end of a sentence; empty when nothing is seen. */
    static Optional<String> problem(Descriptor type, JsonNode json) {
        return inMessage(type, json, "", 0);
    }

    /** The same for a value that came as text, such as one of a query. */
    static Optional<String> problem(FieldDescriptor field, String path, String text) {
        boolean fits = switch (field.getJavaType()) {
            case BOOLEAN -> text.equals("true") || text.equals("false");
            case ENUM -> field.getEnumType().findValueByName(text) != null;
            case INT, LONG -> isWhole(text, field);
            case FLOAT, DOUBLE -> isNumber(text);
            case STRING, BYTE_STRING, MESSAGE -> true;
        };
        return fits ? Optional.empty() : Optional.of(wrong(path, "\"" + cut(text) + "\"", expected(field)));
    }

    /** Fields as one writes them. */
    static String names(Descriptor type) {
        return names(type.getFields().stream().map(FieldDescriptor::getJsonName).toList());
    }

    static String names(List<String> names) {
        return names.isEmpty()
                ? "none"
                : names.stream().limit(NAMES_MAX).collect(Collectors.joining(", "))
                        + (names.size() > NAMES_MAX ? ", …" : "");
    }

    /** A field by either of its spellings. */
    static @Nullable FieldDescriptor field(Descriptor type, String name) {
        FieldDescriptor field = type.findFieldByName(name);
        return field != null
                ? field
                : type.getFields().stream()
                        .filter(candidate -> candidate.getJsonName().equals(name))
                        .findFirst()
                        .orElse(null);
    }

    /** What a field that is a message consists of; null for any other. */
    static @Nullable Descriptor nested(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType();
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING, ENUM -> null;
        };
    }

    private static Optional<String> inMessage(Descriptor type, JsonNode json, String path, int depth) {
        if (!json.isObject()) {
            String what = path.isEmpty() ? "the body" : "field \"" + path + "\"";
            return Optional.of("%s is %s, but should be an object of %s".formatted(what, shown(json), names(type)));
        }
        if (depth > DEPTH_MAX) {
            return Optional.of("field \"%s\" is nested too deep".formatted(path));
        }
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            FieldDescriptor field = field(type, entry.getKey());
            if (field == null) {
                return Optional.of("there is no field \"%s\"; known are: %s"
                        .formatted(cut(join(path, entry.getKey())), names(type)));
            }
            Optional<String> problem = inField(field, entry.getValue(), join(path, field.getJsonName()), depth);
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> inField(FieldDescriptor field, JsonNode json, String path, int depth) {
        if (json.isNull()) {
            return Optional.empty();
        }
        if (field.isMapField()) {
            return json.isObject() ? Optional.empty() : Optional.of(wrong(path, shown(json), "an object"));
        }
        if (!field.isRepeated()) {
            return inValue(field, json, path, depth);
        }
        if (!json.isArray()) {
            return Optional.of(wrong(path, shown(json), "a list"));
        }
        for (int i = 0; i < json.size(); i++) {
            Optional<String> problem = inValue(field, json.get(i), "%s[%d]".formatted(path, i), depth);
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> inValue(FieldDescriptor field, JsonNode json, String path, int depth) {
        boolean fits = switch (field.getJavaType()) {
            case BOOLEAN -> json.isBoolean();
            case STRING -> json.isString();
            case BYTE_STRING -> json.isString() && isBase64(json.asString());
            case INT, LONG -> isScalar(json) && isWhole(json.asString(), field);
            case FLOAT, DOUBLE -> isScalar(json) && isNumber(json.asString());
            case ENUM -> json.isInt() || field.getEnumType().findValueByName(json.asString("")) != null;
            case MESSAGE -> true;
        };
        if (!fits) {
            return Optional.of(wrong(path, shown(json), expected(field)));
        }
        return switch (field.getJavaType()) {
            case MESSAGE -> inNested(field, json, path, depth);
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING, ENUM -> Optional.empty();
        };
    }

    /** Moments and durations are text in JSON, with rules of their own. */
    private static Optional<String> inNested(FieldDescriptor field, JsonNode json, String path, int depth) {
        Descriptor type = field.getMessageType();
        if (!type.getFile().getPackage().equals("google.protobuf")) {
            return inMessage(type, json, path, depth + 1);
        }
        return json.isString() ? Optional.empty() : Optional.of(wrong(path, shown(json), expected(field)));
    }

    private static String wrong(String path, String value, String expected) {
        return "field \"%s\" is %s, but should be %s".formatted(path, value, expected);
    }

    private static String expected(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case BOOLEAN -> "true or false";
            case STRING -> "text in quotes";
            case BYTE_STRING -> "bytes as base64 text";
            case INT, LONG -> "a whole number%s".formatted(isUnsigned(field) ? " of at least 0" : "");
            case FLOAT, DOUBLE -> "a number";
            case ENUM ->
                "one of "
                        + names(field.getEnumType().getValues().stream()
                                .filter(value -> value.getNumber() != 0)
                                .map(EnumValueDescriptor::getName)
                                .toList());
            case MESSAGE ->
                switch (field.getMessageType().getName()) {
                    case "Timestamp" -> "a moment such as \"2030-01-31T12:00:00Z\"";
                    case "Duration" -> "a duration such as \"3.5s\"";
                    case "FieldMask" -> "names of fields such as \"name,config\"";
                    default -> "an object of " + names(field.getMessageType());
                };
        };
    }

    private static boolean isScalar(JsonNode json) {
        return json.isNumber() || json.isString();
    }

    private static boolean isUnsigned(FieldDescriptor field) {
        return switch (field.getType()) {
            case UINT32, UINT64, FIXED32, FIXED64 -> true;
            default -> false;
        };
    }

    private static boolean isWhole(String text, FieldDescriptor field) {
        int bits = switch (field.getJavaType()) {
            case INT -> 32;
            default -> 64;
        };
        try {
            // Bounded first: the digits of 1e999999999 would fill the memory.
            BigDecimal number = new BigDecimal(text.strip());
            if (number.scale() < -20 || number.precision() > 40) {
                return false;
            }
            BigInteger whole = number.toBigIntegerExact();
            return isUnsigned(field) ? whole.signum() >= 0 && whole.bitLength() <= bits : whole.bitLength() < bits;
        } catch (ArithmeticException | NumberFormatException e) {
            return false;
        }
    }

    private static boolean isNumber(String text) {
        try {
            Double.parseDouble(text.strip());
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isBase64(String text) {
        try {
            return !ByteString.copyFrom(Base64.getDecoder().decode(text)).isEmpty() || text.isEmpty();
        } catch (IllegalArgumentException e) {
            return text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
        }
    }

    private static String shown(JsonNode json) {
        return switch (json.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case STRING -> "the text \"" + cut(json.asString()) + "\"";
            case NUMBER, BOOLEAN, NULL, BINARY, MISSING, POJO -> cut(json.toString());
        };
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Fit to be repeated in an answer. */
    static String cut(String text) {
        String plain = text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .limit(VALUE_CHARS_MAX)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return plain.length() < text.length() ? plain + "…" : plain;
    }
}
