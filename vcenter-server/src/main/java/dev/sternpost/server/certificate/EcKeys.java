package dev.sternpost.server.certificate;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECKey;
import java.security.spec.ECGenParameterSpec;

/**
 * The kind of keys of this installation's authority and server: EC P-384. Not P-256, although its arithmetic is quicker:
 * before its first use a JVM computes tables for it, which takes longer than all the rest of a command's handshake.
 */
final class EcKeys {
    private static final int P256_BITS = 256;

    private EcKeys() {}

    static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp384r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has P-384", e);
        }
    }

    /** The signature algorithm that goes with a key: installations that began with P-256 keep their authority. */
    static String signatureOf(Key key) throws InvalidKeyException {
        if (key instanceof ECKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            return bits <= P256_BITS ? "SHA256withECDSA" : "SHA384withECDSA";
        }
        throw new InvalidKeyException("not an EC key but " + key.getAlgorithm());
    }
}
