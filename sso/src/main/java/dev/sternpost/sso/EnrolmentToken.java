package dev.sternpost.sso;

import dev.sternpost.inventory.HostId;
import java.time.Instant;

/**
 * A one-time permission for an agent to become a certain host. The secret itself is shown once and not kept.
 *
 * @param id 16 lower case hexadecimal digits, not a secret
 * @param host the host the agent becomes
 * @param createdBy who asked for it
 */
public record EnrolmentToken(
        String id, SecretHash secretHash, HostId host, UserName createdBy, Instant createTime, Instant expireTime) {
    public EnrolmentToken {
        if (!expireTime.isAfter(createTime)) {
            throw new IllegalArgumentException("a token must live for some time");
        }
    }
}
