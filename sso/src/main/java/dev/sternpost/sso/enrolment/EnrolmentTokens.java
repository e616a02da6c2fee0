package dev.sternpost.sso.enrolment;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.EnrolmentToken;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.SecretHash;
import dev.sternpost.sso.SecretSource;
import dev.sternpost.sso.UserName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes and redeems enrolment tokens. A token is 8 bytes of id and 32 bytes of secret, and carries the fingerprint of
 * the installation's CA, by which the agent knows the server before it says anything.
 */
public final class EnrolmentTokens {
    /** How long a token can be used. */
    public static final Duration LIFETIME = Duration.ofHours(1);

    private static final int ID_BYTES = 8;
    private static final int SECRET_BYTES = 32;
    private static final Pattern SHAPE = Pattern.compile("spt1\\.([A-Za-z0-9_-]{54})\\.[A-Za-z0-9_-]{43}");

    private final IdentityStore store;
    private final SecretSource secrets;
    private final InstantSource time;

    public EnrolmentTokens(IdentityStore store, SecretSource secrets, InstantSource time) {
        this.store = store;
        this.secrets = secrets;
        this.time = time;
    }

    /**
     * Makes a token for a host; tokens the host had before stop working.
     *
     * @param caFingerprint SHA-256 of the CA certificate's DER form
     */
    public IssuedEnrolmentToken issue(HostId host, UserName createdBy, byte[] caFingerprint) {
        byte[] id = secrets.bytes(ID_BYTES);
        byte[] secret = secrets.bytes(SECRET_BYTES);
        Instant now = time.instant();
        store.removeEnrolmentTokens(host);
        store.addEnrolmentToken(new EnrolmentToken(
                HexFormat.of().formatHex(id), SecretHash.of(secret), host, createdBy, now, now.plus(LIFETIME)));
        byte[] both = Arrays.copyOf(id, ID_BYTES + SECRET_BYTES);
        System.arraycopy(secret, 0, both, ID_BYTES, SECRET_BYTES);
        Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
        return new IssuedEnrolmentToken(
                "spt1." + text.encodeToString(both) + "." + text.encodeToString(caFingerprint), now.plus(LIFETIME));
    }

    /**
     * Uses a token up and says which host its bearer becomes.
     *
     * @throws FaultException TOKEN_INVALID
     */
    public HostId redeem(String token) {
        Matcher parts = SHAPE.matcher(token.strip());
        if (!parts.matches()) {
            throw tokenInvalid();
        }
        byte[] both = Base64.getUrlDecoder().decode(parts.group(1));
        String id = HexFormat.of().formatHex(both, 0, ID_BYTES);
        SecretHash secretHash = SecretHash.of(Arrays.copyOfRange(both, ID_BYTES, both.length));
        Optional<EnrolmentToken> known = store.enrolmentToken(id);
        if (known.isEmpty()
                || !sameSecret(known.get().secretHash(), secretHash)
                || !known.get().expireTime().isAfter(time.instant())
                || !store.removeEnrolmentToken(id)) {
            throw tokenInvalid();
        }
        return known.get().host();
    }

    /** Removes expired tokens; returns how many. */
    public int sweep() {
        return store.removeEnrolmentTokensExpired(time.instant());
    }

    private static boolean sameSecret(SecretHash one, SecretHash other) {
        return MessageDigest.isEqual(
                one.hex().getBytes(StandardCharsets.US_ASCII), other.hex().getBytes(StandardCharsets.US_ASCII));
    }

    private static FaultException tokenInvalid() {
        return new FaultException(
                FaultCode.TOKEN_INVALID,
                "The enrolment token is wrong, used or expired. Make another one with \"sternpost host token\".");
    }
}
