package dev.sternpost.server.certificate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's own certificate, kept in a file and replaced well before it ends or when the server's names change. */
public final class ServerCertificate {
    private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);

    /** What is left of its life when it is replaced. */
    private static final Duration RENEW_BEFORE = Duration.ofDays(120);

    private static final int DNS_NAME = 2;
    private static final int IP_NAME = 7;

    private final CertificateAuthority authority;
    private final Path keyFile;
    private final Path certificateFile;
    private final List<String> dnsNames;
    private final List<InetAddress> addresses;
    private final InstantSource time;
    private volatile KeyAndCertificate current;

    /**
     * Reads the certificate or makes one.
     *
     * @param names DNS names and IP addresses the server is reached under
     */
    public ServerCertificate(
            CertificateAuthority authority, Path directory, Collection<String> names, InstantSource time) {
        this.authority = authority;
        this.keyFile = directory.resolve("server.key");
        this.certificateFile = directory.resolve("server.pem");
        this.time = time;
        this.dnsNames = names.stream().filter(name -> !isAddress(name)).toList();
        this.addresses = names.stream()
                .filter(ServerCertificate::isAddress)
                .map(InetAddress::ofLiteral)
                .toList();
        this.current = read().filter(this::isGood).orElseGet(this::replace);
    }

    public KeyAndCertificate current() {
        return current;
    }

    /**
     * Shows the current certificate at each handshake, so that a renewed one is used without a restart, and with it the
     * authority's own: an agent that enrols knows only its fingerprint.
     */
    public X509ExtendedKeyManager keyManager() {
        return new CurrentKeyManager(this);
    }

    /** The certificate of the authority that issued it. */
    public X509Certificate authority() {
        return authority.certificate();
    }

    /** Addresses that no host may claim for itself: it could stand in for the server. */
    List<InetAddress> addresses() {
        return addresses;
    }

    /** Replaces the certificate when it is time; true when it did. To be called now and then. */
    public boolean renewWhenDue() {
        if (isGood(current)) {
            return false;
        }
        current = replace();
        return true;
    }

    private KeyAndCertificate replace() {
        KeyAndCertificate fresh = authority.issueForServer(dnsNames, addresses);
        // The certificate last: a crash between the two leaves a pair that does not fit, which isGood notices.
        SecretFiles.writeSecret(keyFile, Pem.of(fresh.key()));
        SecretFiles.writePublic(certificateFile, Pem.of(fresh.certificate()) + authority.certificatePem());
        log.info(
                "issued a certificate for the server, good until {}",
                fresh.certificate().getNotAfter().toInstant());
        return fresh;
    }

    private Optional<KeyAndCertificate> read() {
        if (!Files.exists(keyFile) || !Files.exists(certificateFile)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new KeyAndCertificate(
                    Pem.privateKey(SecretFiles.read(keyFile)), Pem.certificate(SecretFiles.read(certificateFile))));
        } catch (IOException | UncheckedIOException | GeneralSecurityException e) {
            log.warn("the server's certificate cannot be read, so it is made anew: {}", e.toString());
            return Optional.empty();
        }
    }

    private boolean isGood(KeyAndCertificate pair) {
        Instant end = pair.certificate().getNotAfter().toInstant();
        try {
            pair.certificate().verify(authority.certificate().getPublicKey());
            return end.minus(RENEW_BEFORE).isAfter(time.instant())
                    && names(pair.certificate()).equals(wantedNames())
                    && KeyFit.fits(pair);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private Set<String> wantedNames() {
        Set<String> names = new TreeSet<>(dnsNames);
        addresses.forEach(address -> names.add(address.getHostAddress()));
        return names;
    }

    private static Set<String> names(X509Certificate certificate) throws CertificateParsingException {
        Set<String> names = new TreeSet<>();
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        for (List<?> name : all == null ? new ArrayList<List<?>>() : all) {
            if (name.get(0).equals(DNS_NAME)) {
                names.add(String.valueOf(name.get(1)));
            } else if (name.get(0).equals(IP_NAME)) {
                names.add(InetAddress.ofLiteral(String.valueOf(name.get(1))).getHostAddress());
            }
        }
        return names;
    }

    private static boolean isAddress(String name) {
        return name.indexOf(':') >= 0 || name.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    }
}
