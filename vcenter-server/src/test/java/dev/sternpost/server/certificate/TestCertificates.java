package dev.sternpost.server.certificate;

import dev.sternpost.inventory.HostId;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** Certificates for tests, issued past all records. */
public final class TestCertificates {
    private TestCertificates() {}

    public static X509Certificate forHost(CertificateAuthority authority, HostId host, PublicKey key) {
        return authority.issueForHost(host, key, List.of());
    }
}
