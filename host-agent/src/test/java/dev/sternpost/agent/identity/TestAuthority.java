package dev.sternpost.agent.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A certificate authority for tests: what the server's does, in small. */
public final class TestAuthority {

    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final KeyPair pair = newPair();
    private final X509Certificate certificate;

    public TestAuthority() {
        this.certificate = issue(pair.getPublic(), "CN=Test CA", List.of(), Duration.ofDays(10), true, null);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public String pem() {
        return pem(certificate);
    }

    /** The identity of a host, good for ten days. */
    public HostIdentity host(String hostId) {
        return host(hostId, "127.0.0.1:1");
    }

    public HostIdentity host(String hostId, String linkAddress) {
        return host(hostId, linkAddress, Duration.ofDays(10));
    }

    public HostIdentity host(String hostId, String linkAddress, Duration life) {
        HostKey key = HostKey.generate();
        return HostIdentity.issued(
                key, hostId, hostId + ".test", linkAddress, certify(key.signingRequestPem(), hostId, life), pem());
    }

    /** Signs a request for a host. */
    public String certify(String requestPem, String hostId, Duration life) {
        try {
            byte[] der = Pem.decode(Pem.CERTIFICATE_REQUEST, requestPem).orElseThrow();
            var request = new JcaPKCS10CertificationRequest(new PKCS10CertificationRequest(der));
            return pem(issue(
                    request.getPublicKey(),
                    "CN=" + hostId,
                    List.of(new GeneralName(GeneralName.uniformResourceIdentifier, "sternpost://host/" + hostId)),
                    life,
                    false,
                    pair.getPrivate()));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Key and certificate of a server that may be dialled by these IP addresses. */
    public ServerKey server(String... addresses) {
        KeyPair server = newPair();
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, "sternpost://server/test"));
        for (String address : addresses) {
            names.add(new GeneralName(GeneralName.iPAddress, address));
        }
        return new ServerKey(
                server.getPrivate(),
                issue(server.getPublic(), "CN=server", names, Duration.ofDays(10), false, pair.getPrivate()));
    }

    public record ServerKey(PrivateKey key, X509Certificate certificate) {}

    /** A token that names this authority. */
    public String token() {
        try {
            byte[] fingerprint = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
            return "spt1." + encoder.encodeToString(new byte[24]) + "." + encoder.encodeToString(fingerprint);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate issue(
            PublicKey key,
            String name,
            List<GeneralName> names,
            Duration life,
            boolean authority,
            @org.jspecify.annotations.Nullable PrivateKey signingKey) {
        try {
            Instant from = Instant.now().minusSeconds(5);
            var builder = new JcaX509v3CertificateBuilder(
                    new X500Principal("CN=Test CA"),
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(from),
                    Date.from(from.plus(life)),
                    new X500Principal(name),
                    key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(new GeneralName[0])));
            }
            var signer = new JcaContentSignerBuilder("SHA256withECDSA")
                    .build(signingKey == null ? pair.getPrivate() : signingKey);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            return Pem.encode(Pem.CERTIFICATE, certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
