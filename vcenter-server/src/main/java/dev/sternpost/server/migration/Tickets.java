package dev.sternpost.server.migration;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes the secrets by which two agents know each other's connections as those of one move. */
final class Tickets {
    private static final int TICKET_BYTES = 32;

    private final SecureRandom random = new SecureRandom();

    String next() {
        byte[] ticket = new byte[TICKET_BYTES];
        random.nextBytes(ticket);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(ticket);
    }
}
