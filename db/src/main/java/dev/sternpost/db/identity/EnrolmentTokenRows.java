package dev.sternpost.db.identity;

import java.time.Instant;
import java.util.Optional;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface EnrolmentTokenRows extends Repository<EnrolmentTokenRow, String> {
    Optional<EnrolmentTokenRow> findById(String id);

    /** Of several callers at once the database lets one delete the row; the others count none. */
    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @Query("delete from EnrolmentTokenRow row where row.id = :id")
    int remove(String id);

    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @Query("delete from EnrolmentTokenRow row where row.hostId = :hostId")
    int removeOf(String hostId);

    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @Query("delete from EnrolmentTokenRow row where row.expireTime <= :time")
    int removeExpired(Instant time);
}
