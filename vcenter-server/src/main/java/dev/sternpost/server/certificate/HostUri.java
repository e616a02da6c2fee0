package dev.sternpost.server.certificate;

import dev.sternpost.inventory.HostId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The URI by which a certificate names its host. */
final class HostUri {
    private static final String PREFIX = "sternpost://host/";
    private static final int URI_NAME = 6;

    private HostUri() {}

    static String of(HostId host) {
        return PREFIX + host.value();
    }

    /** The host a certificate names; empty when it names none or more than one. */
    static Optional<HostId> read(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return Optional.empty();
            }
            List<String> hosts = names.stream()
                    .filter(name -> name.get(0).equals(URI_NAME))
                    .map(name -> String.valueOf(name.get(1)))
                    .filter(uri -> uri.startsWith(PREFIX))
                    .toList();
            return hosts.size() == 1
                    ? Optional.of(new HostId(hosts.getFirst().substring(PREFIX.length())))
                    : Optional.empty();
        } catch (CertificateParsingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
