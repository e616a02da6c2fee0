package dev.sternpost.sso;

import java.time.Instant;

/**
 * Somebody the installation itself knows.
 *
 * @param passwordHash encoded hash with its own parameters and salt, never the password
 * @param createTime when it was made
 * @param passwordTime when the password was last set
 */
public record Account(UserName userName, String passwordHash, Role role, Instant createTime, Instant passwordTime) {
    public Account {
        if (passwordHash.isBlank()) {
            throw new IllegalArgumentException("an account needs a password hash");
        }
    }

    /** The same account with another password. */
    public Account withPassword(String hash, Instant time) {
        return new Account(userName, hash, role, createTime, time);
    }

    /** Leaves the hash out: records end up in logs. */
    @Override
    public String toString() {
        return "Account[" + userName + ", " + role + "]";
    }
}
