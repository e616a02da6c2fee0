package dev.sternpost.db.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface SessionRows extends Repository<SessionRow, String> {
    Optional<SessionRow> findById(String id);

    Optional<SessionRow> findByTokenHash(String tokenHash);

    @Query("select row from SessionRow row order by row.createTime desc, row.id")
    List<SessionRow> newest(Limit limit);

    int countByUserName(String userName);

    /** Counts the row also when it was used later already. */
    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @Query("""
            update SessionRow row
            set row.lastUseTime = case when row.lastUseTime < :time then :time else row.lastUseTime end
            where row.id = :id""")
    int touch(String id, Instant time);

    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @Query("update SessionRow row set row.tokenHash = :next where row.id = :id and row.tokenHash = :current")
    int replaceToken(String id, String current, String next);

    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @Query("delete from SessionRow row where row.id = :id")
    int remove(String id);

    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @Query("delete from SessionRow row where row.createTime < :createdBefore or row.lastUseTime < :lastUsedBefore")
    int removeOld(Instant createdBefore, Instant lastUsedBefore);
}
