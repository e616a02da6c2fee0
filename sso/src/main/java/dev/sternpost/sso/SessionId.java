package dev.sternpost.sso;

import java.util.regex.Pattern;

/**
 * Names a session in lists and in the audit trail. Not a secret and of no use as a token.
 *
 * @param value such as {@code session-3f9c0a4be1d27788}
 */
public record SessionId(String value) {
    private static final Pattern SHAPE = Pattern.compile("session-[0-9a-f]{16}");

    public SessionId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a session id: " + value);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
