package dev.sternpost.sso;

import dev.sternpost.inventory.HostId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A certificate the installation's CA gave to a host.
 *
 * @param serial serial number in lower case hexadecimal
 * @param revokeTime when it was withdrawn, null while it is good
 */
public record HostCertificate(
        String serial,
        HostId host,
        Instant notBeforeTime,
        Instant notAfterTime,
        @Nullable Instant revokeTime) {
    public HostCertificate {
        if (serial.isBlank()) {
            throw new IllegalArgumentException("a certificate has a serial number");
        }
    }

    /** When it was withdrawn, if it was. */
    public Optional<Instant> revoked() {
        return Optional.ofNullable(revokeTime);
    }

    /** The same certificate, withdrawn; the first withdrawal counts. */
    public HostCertificate revokedAt(Instant time) {
        return revokeTime == null ? new HostCertificate(serial, host, notBeforeTime, notAfterTime, time) : this;
    }
}
