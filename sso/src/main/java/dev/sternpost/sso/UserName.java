package dev.sternpost.sso;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Name under which somebody logs in. Upper and lower case do not matter, so it is kept in lower case.
 *
 * @param value 1 to 64 characters of {@code a-z 0-9 . _ @ -}, beginning with a letter or digit
 */
public record UserName(String value) {
    // First: the constant below is checked against it.
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,63}");

    /** The one account every installation has. */
    public static final UserName ADMINISTRATOR = new UserName("administrator");

    public UserName {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a user name");
        }
    }

    /** What somebody typed; empty when no user can have that name. */
    public static Optional<UserName> parse(String typed) {
        String lower = typed.strip().toLowerCase(Locale.ROOT);
        return SHAPE.matcher(lower).matches() ? Optional.of(new UserName(lower)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
