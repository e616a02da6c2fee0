package dev.sternpost.server.powercontrol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a controller's certificate is checked against. Controllers come with certificates they have signed themselves, under no name
 * anybody calls them by; so one certificate can be trusted by its fingerprint, and then its name and its dates do not matter.
 */
public final class TrustedCertificate {
    private static final Pattern FINGERPRINT = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int PEM_CHARACTERS_MAX = 65_536;

    private TrustedCertificate() {}

    /** The form in which it is kept: fingerprints in lower case without colons between the bytes. */
    public static String normal(String trust) {
        String text = trust.strip();
        return text.toLowerCase(Locale.ROOT).startsWith("sha256:")
                ? "sha256:"
                        + text.substring("sha256:".length()).replace(":", "").toLowerCase(Locale.ROOT)
                : text;
    }

    /** Whether it can be checked against: empty, a fingerprint, or certificates in PEM. */
    public static boolean isUsable(String trust) {
        try {
            context(trust);
            return true;
        } catch (GeneralSecurityException | IOException e) {
            return false;
        }
    }

    static SSLContext context(String trust) throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers(trust), null);
        return context;
    }

    /** Null stands for what the machine trusts. */
    private static TrustManager @Nullable [] managers(String trust) throws GeneralSecurityException, IOException {
        if (trust.isEmpty()) {
            return null;
        }
        if (trust.startsWith("sha256:")) {
            if (!FINGERPRINT.matcher(trust).matches()) {
                throw new CertificateException("not a fingerprint");
            }
            return new TrustManager[] {new Pinned(trust.substring("sha256:".length()))};
        }
        if (trust.length() > PEM_CHARACTERS_MAX) {
            throw new CertificateException("too long");
        }
        Collection<? extends Certificate> authorities = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(trust.getBytes(StandardCharsets.US_ASCII)));
        if (authorities.isEmpty()) {
            throw new CertificateException("no certificate");
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Certificate authority : authorities) {
            store.setCertificateEntry("authority-" + store.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** Trusts one certificate, whatever name it is for; being an extended manager it is asked instead of the check of names. */
    private static final class Pinned extends X509ExtendedTrustManager {
        private final String fingerprint;

        Pinned(String fingerprint) {
            this.fingerprint = fingerprint;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            String shown = chain.length == 0 ? "" : fingerprint(chain[0]);
            if (!shown.equals(fingerprint)) {
                throw new CertificateException("its certificate has fingerprint sha256:" + shown);
            }
        }

        private static String fingerprint(X509Certificate certificate) throws CertificateException {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
            } catch (GeneralSecurityException e) {
                throw new CertificateException(e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
