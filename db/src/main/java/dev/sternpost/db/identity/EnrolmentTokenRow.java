package dev.sternpost.db.identity;

import dev.sternpost.inventory.HostId;
import dev.sternpost.sso.EnrolmentToken;
import dev.sternpost.sso.SecretHash;
import dev.sternpost.sso.UserName;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity
@Table(name = "enrolment_token")
class EnrolmentTokenRow {
    @Id
    String id;

    String secretHash;
    String hostId;
    String createdBy;
    Instant createTime;
    Instant expireTime;

    protected EnrolmentTokenRow() {}

    EnrolmentTokenRow(EnrolmentToken token) {
        id = token.id();
        secretHash = token.secretHash().hex();
        hostId = token.host().value();
        createdBy = token.createdBy().value();
        createTime = token.createTime();
        expireTime = token.expireTime();
    }

    EnrolmentToken token() {
        return new EnrolmentToken(
                id, new SecretHash(secretHash), new HostId(hostId), new UserName(createdBy), createTime, expireTime);
    }
}
