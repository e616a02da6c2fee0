package dev.sternpost.db.identity;

import java.time.Instant;
import java.util.Optional;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface HostCertificateRows extends Repository<HostCertificateRow, String> {
    Optional<HostCertificateRow> findById(String serial);

    /** Withdraws those that are good, except one; no serial is empty, so an empty one excepts none. */
    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @Query("""
            update HostCertificateRow row set row.revokeTime = :time
            where row.hostId = :hostId and row.revokeTime is null and row.serial <> :except""")
    int revoke(String hostId, String except, Instant time);

    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @Query("delete from HostCertificateRow row where row.notAfterTime < :before")
    int removeEnded(Instant before);
}
