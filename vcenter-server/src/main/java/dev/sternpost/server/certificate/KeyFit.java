package dev.sternpost.server.certificate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;

/** Whether a key and a certificate belong together, found by signing something. */
final class KeyFit {
    private KeyFit() {}

    static boolean fits(KeyAndCertificate pair) throws GeneralSecurityException {
        byte[] probe = "probe".getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance(EcKeys.signatureOf(pair.key()));
        signature.initSign(pair.key());
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(pair.certificate());
        signature.update(probe);
        return signature.verify(signed);
    }
}
