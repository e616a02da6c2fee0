package dev.sternpost.agent.identity;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * Who this host is. The constructor holds that the key fits the certificate, that the certificate names the host, and
 * that the authority signed it.
 *
 * @param hostId id in the inventory, such as "host-12"
 * @param hostName name in the inventory when the host enrolled
 * @param linkAddress "host:port" of the server's port for agents
 * @param privateKey the host's key
 * @param certificate the host's certificate
 * @param authority the installation's CA certificate
 */
public record HostIdentity(
        String hostId,
        String hostName,
        String linkAddress,
        PrivateKey privateKey,
        X509Certificate certificate,
        X509Certificate authority) {

    public HostIdentity {
        String named = CertificateNames.hostId(certificate).orElse("no host");
        if (!named.equals(hostId)) {
            throw refused("the certificate names " + named + ", but this host is " + hostId);
        }
        try {
            certificate.verify(authority.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw refused("the certificate was not signed by the installation's certificate authority");
        }
        if (!fits(privateKey, certificate.getPublicKey())) {
            throw refused("the certificate is for another key than this host's");
        }
    }

    /** Makes an identity of what the server answered to a key's signing request. */
    public static HostIdentity issued(
            HostKey key,
            String hostId,
            String hostName,
            String linkAddress,
            String certificatePem,
            String authorityPem) {
        try {
            return new HostIdentity(
                    hostId,
                    hostName,
                    linkAddress,
                    key.privateKey(),
                    Pem.certificate(certificatePem),
                    Pem.certificate(authorityPem));
        } catch (GeneralSecurityException e) {
            throw refused("the server's answer holds no readable certificate: " + e.getMessage());
        }
    }

    /** The same host with a new key and certificate; the certificate authority must not have changed. */
    public HostIdentity renewed(HostKey key, String certificatePem) {
        try {
            return new HostIdentity(
                    hostId, hostName, linkAddress, key.privateKey(), Pem.certificate(certificatePem), authority);
        } catch (GeneralSecurityException e) {
            throw refused("the server's answer holds no readable certificate: " + e.getMessage());
        }
    }

    /** When to ask for the next certificate: after two thirds of this one's life. */
    public Instant renewAt() {
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        return from.plus(Duration.between(from, to).multipliedBy(2).dividedBy(3));
    }

    @Override
    public String toString() {
        return "HostIdentity[" + hostId + ", certificate until "
                + certificate.getNotAfter().toInstant() + "]";
    }

    private static boolean fits(PrivateKey key, PublicKey publicKey) {
        try {
            byte[] sample = {1};
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(key);
            signer.update(sample);
            byte[] signature = signer.sign();
            signer.initVerify(publicKey);
            signer.update(sample);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static FaultException refused(String why) {
        return Fault.of(
                        FaultCode.CERTIFICATE_REFUSED,
                        why + "; enrol this host again with a new token (`sternpost host token`)")
                .exception();
    }
}
