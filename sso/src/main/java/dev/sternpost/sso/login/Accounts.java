package dev.sternpost.sso.login;

import dev.sternpost.sso.Account;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.Role;
import dev.sternpost.sso.SecretSource;
import dev.sternpost.sso.UserName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Accounts of the installation itself. */
public final class Accounts {
    /** No letters and digits that are mistaken for each other. 32 of them, so that a byte's low bits pick evenly. */
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

    private static final int GROUPS = 4;
    private static final int GROUP_CHARS = 5;

    private final IdentityStore store;
    private final PasswordHash hash;
    private final InstantSource time;

    public Accounts(IdentityStore store, PasswordHash hash, InstantSource time) {
        this.store = store;
        this.hash = hash;
        this.time = time;
    }

    /**
     * Makes the administrator's account when there is none.
     *
     * @param firstPassword asked only when it is needed
     * @return whether it was made
     */
    public boolean ensureAdministrator(Supplier<char[]> firstPassword) {
        if (store.account(UserName.ADMINISTRATOR).isPresent()) {
            return false;
        }
        Instant now = time.instant();
        return store.addAccount(
                new Account(UserName.ADMINISTRATOR, hash.hash(firstPassword.get()), Role.ADMINISTRATOR, now, now));
    }

    /** A password of 100 random bits that can be read out loud, such as {@code k7m2p-q9x4d-…}. */
    public static String generatePassword(SecretSource secrets) {
        byte[] random = secrets.bytes(GROUPS * GROUP_CHARS);
        StringBuilder password = new StringBuilder();
        for (int i = 0; i < random.length; i++) {
            if (i > 0 && i % GROUP_CHARS == 0) {
                password.append('-');
            }
            password.append(ALPHABET.charAt(random[i] & 31));
        }
        return password.toString();
    }
}
