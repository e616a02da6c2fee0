package dev.sternpost.server.api;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Where a watch of the inventory goes on, as text that means nothing to the client. Names the installation too: a
 * cursor of another one is refused, not followed.
 */
final class Cursor {
    private static final Pattern SHAPE = Pattern.compile("c1-([0-9a-f]{8})-([0-9]{1,18})");

    private final String installation;

    Cursor(UUID installationId) {
        this.installation = installationId.toString().substring(0, 8);
    }

    String of(long revision) {
        return "c1-" + installation + "-" + revision;
    }

    /** @throws FaultException CURSOR_INVALID */
    long revision(String cursor) {
        var parts = SHAPE.matcher(cursor);
        if (!parts.matches() || !parts.group(1).equals(installation)) {
            throw new FaultException(
                    FaultCode.CURSOR_INVALID,
                    "The cursor is not one of this installation. List the objects and take the cursor from there.");
        }
        return Long.parseLong(parts.group(2));
    }
}
