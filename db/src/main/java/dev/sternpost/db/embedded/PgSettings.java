package dev.sternpost.db.embedded;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the embedded PostgreSQL lives and how it runs.
 *
 * @param directory holds {@code data/}, {@code password}, {@code postgres.log} and, unless {@code installation} is
 *     given, the unpacked binaries
 * @param port on 127.0.0.1
 * @param account name or number of the user it runs as when this process is root, which PostgreSQL refuses to be;
 *     {@link #UID_DEFAULT} by default
 * @param installation a PostgreSQL of the machine to use instead of the one that comes with the product: the directory
 *     above {@code bin/}
 */
public record PgSettings(Path directory, int port, Optional<String> account, Optional<Path> installation) {
    /**
     * Whom PostgreSQL runs as, when nothing else is said and this process is root: a number of its own that needs no
     * account, so that whatever else runs as "nobody" cannot read the data.
     */
    public static final int UID_DEFAULT = 64_056;

    public PgSettings {
        directory = directory.toAbsolutePath().normalize();
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
    }

    /** The PostgreSQL that comes with the product. */
    public PgSettings(Path directory, int port) {
        this(directory, port, Optional.empty(), Optional.empty());
    }
}
