package dev.sternpost.sdk.fake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/** A key and a certificate for 127.0.0.1, made anew in each run so that no key lies in the repository. */
record FakeCertificate(KeyManager[] keyManagers, Path certificateFile, String pem) {
    private static final String PASSWORD = "not-a-secret";
    private static final long KEYTOOL_SECONDS_MAX = 60;

    private static @Nullable FakeCertificate first;

    /** The same for all servers of this run, since making one takes most of a second; its file is copied here. */
    static synchronized FakeCertificate shared(Path directory) {
        FakeCertificate made = first;
        if (made == null) {
            made = make(directory);
            first = made;
            return made;
        }
        try {
            Path pem = directory.resolve("ca.pem");
            Files.writeString(pem, made.pem());
            return new FakeCertificate(made.keyManagers(), pem, made.pem());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FakeCertificate make(Path directory) {
        Path store = directory.resolve("server.p12");
        try {
            keytool(directory, store);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (var in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, PASSWORD.toCharArray());
            Path pem = directory.resolve("ca.pem");
            String text = pem(keys.getCertificate("server").getEncoded());
            Files.writeString(pem, text);
            return new FakeCertificate(factory.getKeyManagers(), pem, text);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a certificate for the test", e);
        }
    }

    private static void keytool(Path directory, Path store) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=fake server",
                "-ext",
                "SAN=IP:127.0.0.1,DNS:localhost",
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        Path log = directory.resolve("keytool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(KEYTOOL_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool failed: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String pem(byte[] der) {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END CERTIFICATE-----\n";
    }
}
