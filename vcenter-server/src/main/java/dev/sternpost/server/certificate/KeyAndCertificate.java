package dev.sternpost.server.certificate;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * A certificate with its key.
 *
 * @param certificate issued by the installation's CA
 */
public record KeyAndCertificate(PrivateKey key, X509Certificate certificate) {
    /** Leaves the key out: records end up in logs. */
    @Override
    public String toString() {
        return "KeyAndCertificate[" + certificate.getSubjectX500Principal() + ", serial "
                + certificate.getSerialNumber().toString(16) + "]";
    }
}
