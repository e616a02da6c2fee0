package dev.sternpost.agent.identity;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Whom a certificate of this installation names, by its URI subject alternative name. */
public final class CertificateNames {

    private static final String HOST = "sternpost://host/";
    private static final String SERVER = "sternpost://server/";
    private static final int SAN_URI = 6;

    private CertificateNames() {}

    /** Id of the host the certificate was issued for; empty for any other certificate. */
    public static Optional<String> hostId(X509Certificate certificate) {
        return uri(certificate, HOST);
    }

    /** Id of the installation whose server the certificate was issued for; empty for any other certificate. */
    public static Optional<String> serverId(X509Certificate certificate) {
        return uri(certificate, SERVER);
    }

    private static Optional<String> uri(X509Certificate certificate, String prefix) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
        if (names == null) {
            return Optional.empty();
        }
        List<String> found = names.stream()
                .filter(name -> name.get(0).equals(SAN_URI))
                .map(name -> name.get(1).toString())
                .filter(uri -> uri.startsWith(prefix) && uri.length() > prefix.length())
                .map(uri -> uri.substring(prefix.length()))
                .toList();
        // Two names of one kind would let one certificate speak for two hosts.
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }
}
