package dev.sternpost.server.certificate;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.jspecify.annotations.Nullable;

/** Certificates and keys as text. */
final class Pem {
    private Pem() {}

    static String of(X509Certificate certificate) {
        return write(certificate);
    }

    /** PKCS #8, not encrypted: the file's permissions protect it. */
    static String of(PrivateKey key) {
        try {
            return write(new JcaPKCS8Generator(key, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static X509Certificate certificate(String pem) throws CertificateException {
        if (parse(pem) instanceof X509CertificateHolder holder) {
            return new JcaX509CertificateConverter().getCertificate(holder);
        }
        throw new CertificateException("not a certificate in PEM form");
    }

    static PrivateKey privateKey(String pem) throws IOException {
        Object object = parse(pem);
        return switch (object) {
            case PrivateKeyInfo info -> key(info);
            case PEMKeyPair pair -> key(pair.getPrivateKeyInfo());
            case null, default -> throw new IOException("not a private key in PEM form");
        };
    }

    /**
     * Of the platform, whoever else is registered: libraries register their own cryptography for a moment, and the platform's signatures do
     * not take its keys.
     */
    private static PrivateKey key(PrivateKeyInfo info) throws IOException {
        boolean elliptic = info.getPrivateKeyAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey);
        if (!elliptic) {
            return new JcaPEMKeyConverter().getPrivateKey(info);
        }
        try {
            return KeyFactory.getInstance("EC", "SunEC").generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("not a private key that can be used", e);
        }
    }

    static @Nullable Object parse(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            return parser.readObject();
        } catch (IOException e) {
            // Reading from memory fails only because of what stands there.
            return null;
        }
    }

    private static String write(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
