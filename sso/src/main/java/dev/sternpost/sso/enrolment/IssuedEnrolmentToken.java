package dev.sternpost.sso.enrolment;

import java.time.Instant;

/**
 * A fresh enrolment token, on its way to the administrator who asked for it.
 *
 * @param token {@code spt1.<base64url of id and secret>.<base64url of the SHA-256 of the CA certificate>}
 */
public record IssuedEnrolmentToken(String token, Instant expireTime) {
    /** Leaves the token out: records end up in logs. */
    @Override
    public String toString() {
        return "IssuedEnrolmentToken[until " + expireTime + "]";
    }
}
