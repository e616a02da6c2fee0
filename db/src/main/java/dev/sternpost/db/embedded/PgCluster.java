package dev.sternpost.db.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The data directory of the embedded PostgreSQL ("database cluster" in its own words) and the password that opens it. */
final class PgCluster {
    /** The one role there is; owns everything. */
    static final String USER = "sternpost";

    private static final int PASSWORD_BYTES = 24;
    private static final int INITDB_SECONDS_MAX = 120;

    private final Path directory;
    private final PgBinaries binaries;
    private final RunAs runAs;
    private final String password;

    private PgCluster(Path directory, PgBinaries binaries, RunAs runAs, String password) {
        this.directory = directory;
        this.binaries = binaries;
        this.runAs = runAs;
        this.password = password;
    }

    /** Opens what is in a directory, or makes it there the first time. */
    static PgCluster open(Path directory, PgBinaries binaries, RunAs runAs) throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        Path passwordFile = directory.resolve("password");
        if (Files.exists(data) && !Files.exists(passwordFile)) {
            throw new PgStartException("The password of the database in " + data + " is missing: " + passwordFile
                    + " is gone. Restore that file from a backup.");
        }
        if (!Files.exists(passwordFile)) {
            writePassword(passwordFile);
        }
        PgCluster cluster = new PgCluster(
                directory, binaries, runAs, Files.readString(passwordFile).strip());
        if (Files.exists(data)) {
            cluster.checkVersion();
            runAs.takeOver(data);
        } else {
            cluster.initialise();
        }
        return cluster;
    }

    Path data() {
        return directory.resolve("data");
    }

    String password() {
        return password;
    }

    private static void writePassword(Path file) throws IOException {
        byte[] secret = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(secret);
        writePrivately(file, Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    /** The file is complete and readable by its owner alone from the moment it has its name. */
    private static void writePrivately(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void checkVersion() throws IOException, InterruptedException {
        String of = Files.readString(data().resolve("PG_VERSION")).strip();
        Process version = new ProcessBuilder(binaries.postgres().toString(), "--version")
                .redirectErrorStream(true)
                .start();
        String said = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        version.waitFor();
        if (!said.matches(".*\\b" + of + "(\\.|\\b).*")) {
            throw new PgStartException("The database in " + data() + " is of PostgreSQL " + of + ", but this is " + said
                    + ". Bring it over with pg_upgrade, or go back to the release that made it.");
        }
    }

    /** Under another name until it is complete, so that a crash in the middle is not taken for a database. */
    private void initialise() throws IOException, InterruptedException {
        Path unfinished = directory.resolve("data.new");
        if (Files.exists(unfinished)) {
            PgBinaries.delete(unfinished);
        }
        Files.createDirectory(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path passwordCopy = directory.resolve("initdb-password");
        try {
            RunAs maker = runAs.withAccount();
            maker.giveTo(unfinished);
            writePrivately(passwordCopy, password);
            maker.giveTo(passwordCopy);
            runInitdb(maker, unfinished, passwordCopy);
            runAs.takeOver(unfinished);
        } finally {
            Files.deleteIfExists(passwordCopy);
        }
        Files.move(unfinished, data(), StandardCopyOption.ATOMIC_MOVE);
    }

    private void runInitdb(RunAs maker, Path target, Path passwordCopy) throws IOException, InterruptedException {
        Path log = directory.resolve("initdb.log");
        Process initdb = maker.process(List.of(
                        maker.seen(binaries.initdb()),
                        "--pgdata=" + maker.seen(target),
                        "--username=" + USER,
                        "--pwfile=" + maker.seen(passwordCopy),
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--data-checksums",
                        "--no-instructions"))
                .redirectOutput(log.toFile())
                .start();
        if (!initdb.waitFor(INITDB_SECONDS_MAX, TimeUnit.SECONDS)) {
            initdb.destroyForcibly();
            throw new PgStartException("initdb did not end within " + INITDB_SECONDS_MAX + " s. See " + log + ".");
        }
        if (initdb.exitValue() != 0) {
            throw new PgStartException("initdb failed: " + Tail.of(log) + " See " + log + ".");
        }
    }
}
