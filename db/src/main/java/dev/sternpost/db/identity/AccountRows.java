package dev.sternpost.db.identity;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Optional;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface AccountRows extends Repository<AccountRow, String> {
    Optional<AccountRow> findById(String userName);

    /** Returns 0 when the name is taken; a plain insert would fail and take the whole transaction with it. */
    @Modifying(flushAutomatically = true, clearAutomatically = true)
    @NativeQuery("""
            insert into account (user_name, password_hash, role, create_time, password_time)
            values (:userName, :passwordHash, :role, :createTime, :passwordTime)
            on conflict (user_name) do nothing""")
    int insert(String userName, String passwordHash, String role, Instant createTime, Instant passwordTime);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select row from AccountRow row where row.userName = :userName")
    Optional<AccountRow> lock(String userName);
}
