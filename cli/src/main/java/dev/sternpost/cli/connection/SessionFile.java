package dev.sternpost.cli.connection;

import dev.sternpost.sdk.AccessToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The session that is kept from one command to the next: one file, readable by its owner only. */
final class SessionFile {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final String server;

    SessionFile(Path directory, String server) {
        this.file = directory.resolve("session.json");
        this.server = server;
    }

    /** The kept token, when there is one for this server; an unreadable file counts as none. */
    Optional<AccessToken> read() {
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            Map<String, String> entries = SmallJson.parse(Files.readString(file));
            String token = entries.getOrDefault("token", "");
            if (!server.equals(entries.get("server")) || token.isBlank()) {
                return Optional.empty();
            }
            return Optional.of(new AccessToken(token, Instant.parse(entries.getOrDefault("expireTime", ""))));
        } catch (IOException | DateTimeException e) {
            return Optional.empty();
        }
    }

    void write(String user, AccessToken token) {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("server", server);
        entries.put("user", user);
        entries.put("token", token.value());
        entries.put("expireTime", token.expireTime().toString());
        try {
            Path directory = file.toAbsolutePath().getParent();
            Files.createDirectories(directory);
            // Never a moment in which others could read it, nor half a file for another command.
            Path fresh = Files.createTempFile(directory, "session", ".tmp", OWNER_ONLY);
            Files.writeString(fresh, SmallJson.format(entries));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the session cannot be kept in " + file, e);
        }
    }

    /** Name of the user whose session is kept. */
    String user() {
        try {
            return SmallJson.parse(Files.readString(file)).getOrDefault("user", "");
        } catch (IOException e) {
            return "";
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the kept session cannot be removed: " + file, e);
        }
    }
}
