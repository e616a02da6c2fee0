package dev.sternpost.agent.identity;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts a server whose chain ends in the certificate authority with one fingerprint, and whose certificate is good for
 * the name dialled. For enrolment, when the authority's certificate itself is not yet here.
 */
final class FingerprintTrust extends X509ExtendedTrustManager {

    private final byte[] fingerprint;

    FingerprintTrust(byte[] fingerprint) {
        this.fingerprint = fingerprint.clone();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (!"HTTPS".equals(engine.getSSLParameters().getEndpointIdentificationAlgorithm())) {
            throw new CertificateException("the name of the server must be checked too");
        }
        pkixFor(authorityIn(chain)).checkServerTrusted(chain, authType, engine);
    }

    private X509Certificate authorityIn(X509Certificate[] chain) throws CertificateException {
        for (X509Certificate certificate : chain) {
            if (MessageDigest.isEqual(sha256(certificate), fingerprint)) {
                if (certificate.getBasicConstraints() < 0) {
                    throw new CertificateException("the token's fingerprint is not that of a certificate authority");
                }
                return certificate;
            }
        }
        throw new CertificateException(
                "the server's certificate does not come from the certificate authority that the token"
                        + " names: this is not the server that made the token, or someone is in between");
    }

    /** The ordinary checks (signatures, validity, names) with that authority as the only anchor. */
    private static X509ExtendedTrustManager pkixFor(X509Certificate authority) throws CertificateException {
        try {
            return pkix(authority);
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new CertificateException("the certificate authority cannot be used", e);
        }
    }

    static X509ExtendedTrustManager pkix(X509Certificate authority)
            throws GeneralSecurityException, java.io.IOException {
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("ca", authority);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(anchors);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("no PKIX trust manager"));
    }

    private static byte[] sha256(X509Certificate certificate) throws CertificateException {
        try {
            return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new CertificateException(e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("a server is never trusted without its name");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("a server is never trusted without its name");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("only servers are checked here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("only servers are checked here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("only servers are checked here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
