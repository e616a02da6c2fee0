package dev.sternpost.sso;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * SHA-256 of a random secret of at least 128 bits. Such secrets cannot be guessed, so one fast round without salt is
 * enough; passwords are another matter and never come here.
 *
 * @param hex 64 lower case hexadecimal digits
 */
public record SecretHash(String hex) {
    private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{64}");

    public SecretHash {
        if (!SHAPE.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a SHA-256 in hexadecimal");
        }
    }

    /** Hash of a secret as it is written on the wire. */
    public static SecretHash of(String secret) {
        return of(secret.getBytes(StandardCharsets.UTF_8));
    }

    /** Hash of the bytes of a secret. */
    public static SecretHash of(byte[] secret) {
        try {
            return new SecretHash(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Shows enough to tell two apart in a log. */
    @Override
    public String toString() {
        return hex.substring(0, 8) + "…";
    }
}
