package dev.sternpost.server.certificate;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.GuestMachines;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.server.baseline.CpuBaselineAdmin;
import dev.sternpost.sso.enrolment.EnrolmentTokens;
import java.security.cert.X509Certificate;

/** Lets a new agent in: a one-time token and a signing request for a certificate. */
public final class Enrolment {
    /**
     * What an agent gets.
     *
     * @param certificatePem its certificate
     * @param authorityPem the CA's certificate
     */
    public record Enrolled(Host host, String certificatePem, String authorityPem) {}

    private final EnrolmentTokens tokens;
    private final HostCertificates certificates;
    private final CertificateAuthority authority;
    private final Inventory inventory;
    private final Transactions transactions;

    public Enrolment(
            EnrolmentTokens tokens,
            HostCertificates certificates,
            CertificateAuthority authority,
            Inventory inventory,
            Transactions transactions) {
        this.tokens = tokens;
        this.certificates = certificates;
        this.authority = authority;
        this.inventory = inventory;
        this.transactions = transactions;
    }

    /**
     * Trades a token for a certificate. The certificates the host had before are withdrawn: a second token is asked
     * for when the first identity is lost or stolen.
     *
     * @param accelerator what runs guests on the host
     * @param told what guests can be given there
     * @throws FaultException REQUEST_INVALID, or HOST_INCOMPATIBLE when the host lacks CPU features of its cluster's baseline, and the token is still
     *     good then; TOKEN_INVALID
     */
    public Enrolled enrol(String token, String requestPem, Accelerator accelerator, GuestMachines told) {
        SigningRequest request = SigningRequest.parse(requestPem);
        return transactions.inTransaction(() -> {
            HostId id = tokens.redeem(token);
            Host host = inventory
                    .snapshot()
                    .find(id)
                    .orElseThrow(() -> new FaultException(
                            FaultCode.TOKEN_INVALID, id.value(), "The host of this token was removed. Add it again."));
            CpuBaselineAdmin.requireMayJoin(inventory.snapshot(), host, accelerator, told);
            X509Certificate certificate = certificates.issue(id, request);
            certificates.supersede(id, certificate);
            inventory.commit(InventoryWrite.builder()
                    .event(EventDraft.about(
                            host,
                            EventType.HOST_CERTIFICATE_ISSUED,
                            "The agent of host %s has enrolled.".formatted(host.name())))
                    .audit(new AuditDraft("", EventType.HOST_CERTIFICATE_ISSUED.eventName(), id, ""))
                    .build());
            return new Enrolled(host, Pem.of(certificate), authority.certificatePem());
        });
    }
}
