package dev.sternpost.db.identity;

import dev.sternpost.sso.Role;
import dev.sternpost.sso.SecretHash;
import dev.sternpost.sso.Session;
import dev.sternpost.sso.SessionId;
import dev.sternpost.sso.UserName;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity
@Table(name = "session")
class SessionRow {
    @Id
    String id;

    String tokenHash;
    String userName;

    @Enumerated(EnumType.STRING)
    Role role;

    Instant createTime;
    Instant lastUseTime;

    protected SessionRow() {}

    SessionRow(Session session) {
        id = session.id().value();
        tokenHash = session.tokenHash().hex();
        userName = session.userName().value();
        role = session.role();
        createTime = session.createTime();
        lastUseTime = session.lastUseTime();
    }

    Session session() {
        return new Session(
                new SessionId(id), new SecretHash(tokenHash), new UserName(userName), role, createTime, lastUseTime);
    }
}
