package dev.sternpost.agent.identity;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The identity on disk: {@code ca.pem}, {@code host.properties} (id, name, link address) and {@code host.pem}, which holds
 * key and certificate in one file so that a renewal is one rename. {@code host.pem} is written last; without it the host
 * has not enrolled. Nobody but the owner can read the directory.
 */
public final class IdentityFiles {

    private static final int FILE_BYTES_MAX = 64 * 1024;

    private final Path directory;

    public IdentityFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * The stored identity; empty before enrolment.
     *
     * @throws FaultException CERTIFICATE_REFUSED when the files do not fit each other or cannot be read
     */
    public Optional<HostIdentity> load() {
        if (!Files.exists(hostPem())) {
            return Optional.empty();
        }
        try {
            Map<String, String> properties = properties();
            String host = read(hostPem());
            return Optional.of(new HostIdentity(
                    properties.getOrDefault("host.id", ""),
                    properties.getOrDefault("host.name", ""),
                    properties.getOrDefault("link.address", ""),
                    Pem.privateKey(host),
                    Pem.certificate(host),
                    Pem.certificate(read(directory.resolve("ca.pem")))));
        } catch (IOException | GeneralSecurityException e) {
            throw new FaultException(
                    Fault.of(
                                    FaultCode.CERTIFICATE_REFUSED,
                                    "the host's identity in " + directory + " cannot be read (" + e.getMessage()
                                            + "); move that directory away and enrol again with a new token")
                            .withContext(String.valueOf(e)),
                    e);
        }
    }

    /** Stores an identity, over an older one if there is one. Durable on return. */
    public void store(HostIdentity identity) {
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            write("ca.pem", Pem.encode(Pem.CERTIFICATE, identity.authority().getEncoded()), "rw-r--r--");
            write(
                    "host.properties",
                    "host.id=" + identity.hostId() + "\nhost.name=" + identity.hostName() + "\nlink.address="
                            + identity.linkAddress() + "\n",
                    "rw-r--r--");
            write(
                    "host.pem",
                    Pem.encode(Pem.PRIVATE_KEY, identity.privateKey().getEncoded())
                            + Pem.encode(Pem.CERTIFICATE, identity.certificate().getEncoded()),
                    "rw-------");
        } catch (IOException e) {
            throw new UncheckedIOException("the host's identity cannot be stored in " + directory, e);
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    private Path hostPem() {
        return directory.resolve("host.pem");
    }

    private Map<String, String> properties() throws IOException {
        Map<String, String> properties = new LinkedHashMap<>();
        read(directory.resolve("host.properties")).lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                properties.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        return properties;
    }

    private static String read(Path file) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException(file.getFileName() + " is too long");
        }
        return Files.readString(file);
    }

    private void write(String name, String text, String permissions) throws IOException {
        Path temporary = directory.resolve(name + ".new");
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)))) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(directory)) {
            channel.force(true);
        }
    }
}
