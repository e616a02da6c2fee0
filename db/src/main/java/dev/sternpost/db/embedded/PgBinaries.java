package dev.sternpost.db.embedded;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * An installation of PostgreSQL.
 *
 * @param home the directory above {@code bin/}
 */
record PgBinaries(Path home) {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    /** Bound of what is unpacked, so that a broken archive cannot fill the disk. */
    private static final long UNPACKED_BYTES_MAX = 512L << 20;

    Path postgres() {
        return home.resolve("bin/postgres");
    }

    Path initdb() {
        return home.resolve("bin/initdb");
    }

    /** An installation that is on the machine already. */
    static PgBinaries installed(Path home) {
        PgBinaries binaries = new PgBinaries(home.toAbsolutePath().normalize());
        if (!Files.isExecutable(binaries.postgres()) || !Files.isExecutable(binaries.initdb())) {
            throw new PgStartException("There is no PostgreSQL server in " + home + ": bin/postgres and bin/initdb are"
                    + " wanted there. Give the directory above bin/.");
        }
        return binaries;
    }

    /** The installation that comes with the product; unpacked into a directory below {@code parent} the first time. */
    static PgBinaries unpacked(Path parent) throws IOException {
        URL archive = PgBinaries.class.getResource(ARCHIVE);
        String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        if (archive == null || !(machine.equals("amd64") || machine.equals("x86_64"))) {
            throw new PgStartException("There is no embedded PostgreSQL for this machine (" + machine
                    + "). Use an external one: set sternpost.db.url.");
        }
        Path home = parent.resolve("postgres-" + fingerprint(archive));
        if (!Files.isDirectory(home)) {
            unpack(archive, parent, home);
        }
        return installed(home);
    }

    /** Tells one archive from another without reading it. */
    private static String fingerprint(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        if (connection instanceof JarURLConnection jar) {
            return Long.toHexString(jar.getJarEntry().getCrc());
        }
        return Long.toHexString(connection.getContentLengthLong());
    }

    /** All or nothing: a crash in the middle leaves a directory that nothing looks at. */
    private static void unpack(URL archive, Path parent, Path home) throws IOException {
        Files.createDirectories(parent);
        Path temporary = Files.createTempDirectory(
                parent,
                "unpacking-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        // A restrictive umask must not keep the account PostgreSQL runs as from its own programs.
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (InputStream raw = archive.openStream();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(raw, 1 << 16)))) {
            unpack(tar, temporary);
        }
        if (Files.isDirectory(home)) {
            delete(temporary);
        } else {
            Files.move(temporary, home);
        }
    }

    private static void unpack(TarArchiveInputStream tar, Path target) throws IOException {
        long bytes = 0;
        TarArchiveEntry entry;
        while ((entry = tar.getNextEntry()) != null) {
            Path path = inside(target, entry.getName());
            bytes += entry.getSize();
            if (bytes > UNPACKED_BYTES_MAX) {
                throw new IOException("the archive of PostgreSQL is larger than " + UNPACKED_BYTES_MAX + " bytes");
            }
            if (entry.isDirectory()) {
                directory(path);
            } else {
                directory(parentOf(path));
                unpack(tar, entry, target, path);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target, Path path)
            throws IOException {
        if (entry.isSymbolicLink()) {
            Path link = Path.of(entry.getLinkName());
            inside(target, target.relativize(parentOf(path).resolve(link)).toString());
            Files.createSymbolicLink(path, link);
            return;
        }
        if (entry.isLink()) {
            Files.createLink(path, inside(target, entry.getLinkName()));
            return;
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16)) {
            tar.transferTo(out);
        }
        boolean executable = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }

    private static void directory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            directory(parentOf(path));
            Files.createDirectory(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static Path parentOf(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IOException("no parent of " + path);
        }
        return parent;
    }

    private static Path inside(Path target, String name) throws IOException {
        Path path = target.resolve(name).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("the archive of PostgreSQL points out of its directory: " + name);
        }
        return path;
    }

    static void delete(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
