package dev.sternpost.sso.login;

import dev.sternpost.sso.SecretSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id (RFC 9106) in the usual text form {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. The parameters stand in
 * each hash, so raising them later leaves old hashes good.
 */
public final class Argon2idHash implements PasswordHash {
    /** Memory of one computation. Two run at once at most, so logins cost a bounded share of a small heap. */
    static final int MEMORY_KIB = 19 * 1024;

    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    /** What a stored hash may ask of us at most: a bad row must not eat the heap. */
    private static final int MEMORY_KIB_MAX = 256 * 1024;

    private static final int PASSES_MAX = 16;

    private static final Pattern SHAPE = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d)\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

    private final SecretSource secrets;

    public Argon2idHash(SecretSource secrets) {
        this.secrets = secrets;
    }

    @Override
    public String hash(char[] password) {
        byte[] salt = secrets.bytes(SALT_BYTES);
        byte[] hash = compute(password, salt, MEMORY_KIB, PASSES, LANES, HASH_BYTES);
        Base64.Encoder text = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(MEMORY_KIB, PASSES, LANES, text.encodeToString(salt), text.encodeToString(hash));
    }

    @Override
    public boolean matches(char[] password, String hash) {
        Matcher parts = SHAPE.matcher(hash);
        if (!parts.matches()) {
            throw new IllegalStateException("stored password hash is not of the known form");
        }
        int memoryKib = Integer.parseInt(parts.group(1));
        int passes = Integer.parseInt(parts.group(2));
        if (memoryKib > MEMORY_KIB_MAX || passes > PASSES_MAX) {
            throw new IllegalStateException("stored password hash asks for more than " + MEMORY_KIB_MAX + " KiB");
        }
        byte[] expected = Base64.getDecoder().decode(parts.group(5));
        byte[] salt = Base64.getDecoder().decode(parts.group(4));
        byte[] actual = compute(password, salt, memoryKib, passes, Integer.parseInt(parts.group(3)), expected.length);
        return MessageDigest.isEqual(expected, actual);
    }

    private static byte[] compute(char[] password, byte[] salt, int memoryKib, int passes, int lanes, int length) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        byte[] out = new byte[length];
        generator.generateBytes(new String(password).getBytes(StandardCharsets.UTF_8), out);
        return out;
    }
}
