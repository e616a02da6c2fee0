package dev.sternpost.server.certificate;

import dev.sternpost.inventory.HostId;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The installation's certificate authority: one EC key in {@code ca/ca.key}, its self-signed certificate in
 * {@code ca/ca.pem}, both made at the first start. Everything that talks here trusts this authority and no other.
 *
 * <p>Certificates say who somebody is by a URI among their subject alternative names, {@code sternpost://host/host-12}
 * or {@code sternpost://server/<installation id>} (RFC 5280, 4.2.1.6).
 */
public final class CertificateAuthority {
    /** Lifetime of the certificates of hosts and of the server. */
    static final Duration LEAF_LIFETIME = Duration.ofDays(365);

    private static final Duration CA_LIFETIME = Duration.ofDays(3650);

    /** Certificates begin a little in the past, for machines whose clocks are a little behind. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private static final int SERIAL_BITS = 127;

    private final UUID installationId;
    private final PrivateKey key;
    private final X509Certificate certificate;
    private final InstantSource time;
    private final SecureRandom random = new SecureRandom();

    private CertificateAuthority(UUID installationId, PrivateKey key, X509Certificate certificate, InstantSource time) {
        this.installationId = installationId;
        this.key = key;
        this.certificate = certificate;
        this.time = time;
    }

    /**
     * Opens the authority in a directory, or founds it there.
     *
     * @throws IllegalStateException when the files are damaged or do not fit together; nothing is overwritten then
     */
    public static CertificateAuthority open(Path directory, InstantSource time) {
        SecretFiles.secretDirectory(directory);
        Path idFile = directory.resolve("installation-id");
        Path keyFile = directory.resolve("ca.key");
        Path certificateFile = directory.resolve("ca.pem");
        try {
            if (!Files.exists(idFile)) {
                SecretFiles.writePublic(idFile, UUID.randomUUID() + "\n");
            }
            UUID id = UUID.fromString(SecretFiles.read(idFile).strip());
            if (!Files.exists(certificateFile)) {
                found(id, keyFile, certificateFile, time);
            } else if (!Files.exists(keyFile)) {
                throw new IllegalStateException(
                        "%s is there but %s is not. Restore it from a backup; without it no certificate can be issued."
                                .formatted(certificateFile, keyFile));
            }
            PrivateKey key = Pem.privateKey(SecretFiles.read(keyFile));
            X509Certificate certificate = Pem.certificate(SecretFiles.read(certificateFile));
            certificate.verify(certificate.getPublicKey());
            CertificateAuthority authority = new CertificateAuthority(id, key, certificate, time);
            authority.checkKeyFits();
            return authority;
        } catch (GeneralSecurityException | IOException | IllegalArgumentException | OperatorCreationException e) {
            throw new IllegalStateException(
                    "The certificate authority in %s cannot be read. Restore the directory from a backup."
                            .formatted(directory),
                    e);
        }
    }

    private static void found(UUID id, Path keyFile, Path certificateFile, InstantSource time)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        // A key without a certificate is what a crash between the two writes leaves; nobody has seen it yet.
        KeyPair pair = EcKeys.generate();
        X500Name name = name("Sternpost CA " + id.toString().substring(0, 8));
        Instant now = time.instant();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(SERIAL_BITS, new SecureRandom()),
                Date.from(now.minus(CLOCK_SKEW)),
                Date.from(now.plus(CA_LIFETIME)),
                name,
                pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(builder.build(
                        new JcaContentSignerBuilder(EcKeys.signatureOf(pair.getPrivate())).build(pair.getPrivate())));
        SecretFiles.writeSecret(keyFile, Pem.of(pair.getPrivate()));
        SecretFiles.writePublic(certificateFile, Pem.of(certificate));
    }

    private void checkKeyFits() throws GeneralSecurityException {
        X509Certificate probe = issue(
                name("probe"),
                EcKeys.generate().getPublic(),
                List.of(),
                List.of(KeyPurposeId.id_kp_clientAuth),
                LEAF_LIFETIME);
        probe.verify(certificate.getPublicKey());
    }

    /** Names this installation; made with the authority. */
    public UUID installationId() {
        return installationId;
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public String certificatePem() {
        return Pem.of(certificate);
    }

    /** SHA-256 of the certificate's DER form: what an enrolment token carries. */
    public byte[] fingerprint() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate, with a new key, for the server itself under these names and addresses. */
    KeyAndCertificate issueForServer(Collection<String> dnsNames, Collection<InetAddress> addresses) {
        KeyPair pair = EcKeys.generate();
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, "sternpost://server/" + installationId));
        dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress())));
        return new KeyAndCertificate(
                pair.getPrivate(),
                issue(
                        name("Sternpost server"),
                        pair.getPublic(),
                        names,
                        List.of(KeyPurposeId.id_kp_serverAuth),
                        LEAF_LIFETIME));
    }

    /** A certificate for a host's key. Hosts are clients of the server and servers of each other. */
    X509Certificate issueForHost(HostId host, PublicKey hostKey, Collection<InetAddress> addresses) {
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, HostUri.of(host)));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress())));
        return issue(
                name(host.value()),
                hostKey,
                names,
                List.of(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth),
                LEAF_LIFETIME);
    }

    private X509Certificate issue(
            X500Name subject,
            PublicKey subjectKey,
            List<GeneralName> names,
            List<KeyPurposeId> purposes,
            Duration lifetime) {
        Instant now = time.instant();
        Date end = Date.from(now.plus(lifetime));
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
                Date.from(now.minus(CLOCK_SKEW)),
                end.before(certificate.getNotAfter()) ? end : certificate.getNotAfter(),
                subject,
                subjectKey);
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(certificate));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(subjectKey));
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(EcKeys.signatureOf(key)).build(key)));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("cannot issue a certificate", e);
        }
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "Sternpost")
                .addRDN(BCStyle.CN, commonName)
                .build();
    }
}
