package dev.sternpost.db.identity;

import dev.sternpost.inventory.HostId;
import dev.sternpost.sso.HostCertificate;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "host_certificate")
class HostCertificateRow {
    @Id
    String serial;

    String hostId;
    Instant notBeforeTime;
    Instant notAfterTime;

    @Nullable
    Instant revokeTime;

    protected HostCertificateRow() {}

    HostCertificateRow(HostCertificate certificate) {
        serial = certificate.serial();
        hostId = certificate.host().value();
        notBeforeTime = certificate.notBeforeTime();
        notAfterTime = certificate.notAfterTime();
        revokeTime = certificate.revokeTime();
    }

    HostCertificate certificate() {
        return new HostCertificate(serial, new HostId(hostId), notBeforeTime, notAfterTime, revokeTime);
    }
}
