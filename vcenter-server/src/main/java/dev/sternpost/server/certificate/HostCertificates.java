package dev.sternpost.server.certificate;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.HostCertificate;
import dev.sternpost.sso.IdentityStore;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Issues, checks and withdraws the certificates of hosts. */
public final class HostCertificates {
    private static final Logger log = LoggerFactory.getLogger(HostCertificates.class);

    private final CertificateAuthority authority;
    private final ServerCertificate server;
    private final IdentityStore store;
    private final InstantSource time;

    public HostCertificates(
            CertificateAuthority authority, ServerCertificate server, IdentityStore store, InstantSource time) {
        this.authority = authority;
        this.server = server;
        this.store = store;
        this.time = time;
    }

    /** Issues a certificate for a request that was read before. */
    X509Certificate issue(HostId host, SigningRequest request) {
        for (InetAddress address : request.addresses()) {
            if (server.addresses().contains(address)) {
                throw SigningRequest.invalid("the address " + address.getHostAddress() + " is the server's own", "");
            }
        }
        X509Certificate certificate = authority.issueForHost(host, request.key(), request.addresses());
        store.addHostCertificate(new HostCertificate(
                serial(certificate),
                host,
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                null));
        log.info("issued certificate {} to {}", serial(certificate), host);
        return certificate;
    }

    /**
     * A certificate for the host's next key. The one it was asked with stays good, for the case that the answer is lost;
     * all older ones are withdrawn.
     *
     * @param current the certificate the host shows
     * @param requestPem PKCS #10
     * @return PEM
     * @throws FaultException REQUEST_INVALID
     */
    public String renew(HostId host, X509Certificate current, String requestPem) {
        SigningRequest request = SigningRequest.parse(requestPem);
        supersede(host, current);
        return Pem.of(issue(host, request));
    }

    /**
     * Who shows this certificate. That it comes from our authority and is not over, TLS has checked already.
     *
     * @throws FaultException CERTIFICATE_REFUSED when it is not a host's, not known or withdrawn
     */
    public HostId authenticate(X509Certificate certificate) {
        HostId host = HostUri.read(certificate).orElseThrow(() -> refused("it names no host", serial(certificate)));
        Optional<HostCertificate> known = store.hostCertificate(serial(certificate));
        if (known.isEmpty() || !known.get().host().equals(host)) {
            throw refused("it is not on record", host + ", serial " + serial(certificate));
        }
        if (known.get().revoked().isPresent()) {
            throw refused("it was withdrawn", host + ", serial " + serial(certificate));
        }
        return host;
    }

    /** Withdraws all certificates of a host but one. */
    void supersede(HostId host, X509Certificate certificate) {
        int revoked = store.revokeHostCertificatesExcept(host, serial(certificate), time.instant());
        if (revoked > 0) {
            log.info("withdrew {} older certificates of {}", revoked, host);
        }
    }

    /** Withdraws every certificate of a host. */
    public void revokeAll(HostId host) {
        int revoked = store.revokeHostCertificates(host, time.instant());
        log.info("withdrew {} certificates of {}", revoked, host);
    }

    /** Forgets certificates that nobody can use any more; returns how many. */
    public int sweep() {
        return store.removeHostCertificatesEnded(time.instant());
    }

    public String authorityPem() {
        return authority.certificatePem();
    }

    private static String serial(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(16);
    }

    private static FaultException refused(String why, String context) {
        return new FaultException(new Fault(
                FaultCode.CERTIFICATE_REFUSED,
                "The host's certificate is refused: %s. Enrol the host again with a new token.".formatted(why),
                context,
                null));
    }
}
