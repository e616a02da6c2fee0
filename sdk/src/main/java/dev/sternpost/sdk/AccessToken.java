package dev.sternpost.sdk;

import java.time.Instant;
import java.util.Objects;

/**
 * A bearer token and when it stops working. The value is a secret; {@link #toString} does not show it.
 *
 * @param value what goes into the authorization header
 * @param expireTime when the server stops accepting it unless it is renewed before
 */
public record AccessToken(String value, Instant expireTime) {
    public AccessToken {
        Objects.requireNonNull(expireTime);
        if (value.isBlank()) {
            throw new IllegalArgumentException("an access token cannot be blank");
        }
    }

    @Override
    public String toString() {
        return "AccessToken[secret, expires " + expireTime + "]";
    }
}
