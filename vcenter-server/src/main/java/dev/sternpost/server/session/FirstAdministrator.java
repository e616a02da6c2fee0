package dev.sternpost.server.session;

import dev.sternpost.server.certificate.SecretFiles;
import dev.sternpost.sso.SecretSource;
import dev.sternpost.sso.login.Accounts;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that somebody can log in. At the first start the administrator's password is taken from the file {@code
 * initial-admin-password} in the server's home; when there is none it is generated and written there, readable by the
 * owner only.
 */
public final class FirstAdministrator {
    private static final Logger log = LoggerFactory.getLogger(FirstAdministrator.class);
    private static final int PASSWORD_CHARS_MIN = 12;

    private FirstAdministrator() {}

    /** Makes the account if there is none. */
    public static void ensure(Accounts accounts, SecretSource secrets, Path home) {
        Path file = home.resolve("initial-admin-password");
        if (accounts.ensureAdministrator(() -> password(file, secrets))) {
            log.info("made the account administrator; its first password is in {}", file);
        }
    }

    private static char[] password(Path file, SecretSource secrets) {
        if (Files.exists(file)) {
            String given = SecretFiles.read(file).strip();
            if (given.length() < PASSWORD_CHARS_MIN) {
                throw new IllegalStateException(
                        "The password in %s has fewer than %d characters. Put a longer one there, or remove the file."
                                .formatted(file, PASSWORD_CHARS_MIN));
            }
            return given.toCharArray();
        }
        // The file first: after a crash in between, the next start takes the same password from it.
        String generated = Accounts.generatePassword(secrets);
        SecretFiles.writeSecret(file, generated + "\n");
        return generated.toCharArray();
    }
}
