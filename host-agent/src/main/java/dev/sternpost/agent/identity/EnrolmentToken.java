package dev.sternpost.agent.identity;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.Base64;

/**
 * The one-time token of a host's enrolment: {@code spt1.<id and secret>.<SHA-256 of the CA certificate>}, the parts in
 * base64url without padding. The secret goes only to a server whose certificate ends in the CA with that fingerprint.
 */
public final class EnrolmentToken {

    private static final String PREFIX = "spt1";
    private static final int CHARS_MAX = 512;
    private static final int FINGERPRINT_BYTES = 32;

    private final String text;
    private final byte[] caFingerprint;

    private EnrolmentToken(String text, byte[] caFingerprint) {
        this.text = text;
        this.caFingerprint = caFingerprint;
    }

    /**
     * Reads a token as the server printed it; white space around it does not matter.
     *
     * @throws FaultException TOKEN_INVALID when it is not whole; the message never holds the token
     */
    public static EnrolmentToken parse(String input) {
        String text = input.strip();
        String[] parts = text.length() <= CHARS_MAX ? text.split("\\.", -1) : new String[0];
        if (parts.length != 3 || !parts[0].equals(PREFIX)) {
            throw broken("it must look like spt1.….…");
        }
        if (decode(parts[1]).length < 16) {
            throw broken("its secret is too short");
        }
        byte[] fingerprint = decode(parts[2]);
        if (fingerprint.length != FINGERPRINT_BYTES) {
            throw broken("its fingerprint of the certificate authority is not a SHA-256");
        }
        return new EnrolmentToken(text, fingerprint);
    }

    /** The whole token, for the server only. */
    public String reveal() {
        return text;
    }

    /** SHA-256 of the DER form of the installation's CA certificate. */
    public byte[] caFingerprint() {
        return caFingerprint.clone();
    }

    @Override
    public String toString() {
        return "EnrolmentToken[secret]";
    }

    private static byte[] decode(String part) {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw broken("a part of it is not base64url");
        }
    }

    private static FaultException broken(String why) {
        return new FaultException(
                FaultCode.TOKEN_INVALID,
                "the enrolment token is damaged (" + why
                        + "); copy it whole or make a new one with `sternpost host token`");
    }
}
