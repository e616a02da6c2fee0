package dev.sternpost.server.powercontrol;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A management controller with one computer system, as DSP0266 has it, behind a certificate it has signed itself. */
final class FakeController implements AutoCloseable {
    private static final String SYSTEM = "/redfish/v1/Systems/437XR1138R2";
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    private final HttpsServer server;
    private final Certificate certificate;
    final List<String> resets = new ArrayList<>();
    volatile String power = "Off";
    volatile int systems = 1;
    volatile int resetStatus = 204;

    /** Begins its answers and never ends them until this is opened. */
    volatile @Nullable CountDownLatch stall;

    FakeController(Path directory) throws IOException, GeneralSecurityException, InterruptedException {
        KeyStore keys = keys(directory.resolve("controller.p12"));
        certificate = keys.getCertificate("controller");
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, STORE_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", this::answer);
        server.start();
    }

    private static KeyStore keys(Path file) throws IOException, GeneralSecurityException, InterruptedException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "controller",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=bmc.invalid",
                        "-validity",
                        "30",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(STORE_PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!keytool.waitFor(120, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new AssertionError("keytool made no certificate");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var stream = Files.newInputStream(file)) {
            store.load(stream, STORE_PASSWORD);
        }
        return store;
    }

    URI address() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }

    String fingerprint() throws GeneralSecurityException {
        return "sha256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String expected =
                    "Basic " + Base64.getEncoder().encodeToString("root:calvin".getBytes(StandardCharsets.UTF_8));
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (!expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                send(exchange, 401, "{\"error\": {\"message\": \"no\"}}");
                return;
            }
            switch (exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath()) {
                case "GET /redfish/v1/Systems" -> send(exchange, 200, members());
                case "GET " + SYSTEM -> send(exchange, 200, """
                        {"Id": "437XR1138R2", "PowerState": "%s", "Actions": {"#ComputerSystem.Reset":
                         {"target": "%s/Actions/ComputerSystem.Reset"}}}""".formatted(power, SYSTEM));
                case "POST " + SYSTEM + "/Actions/ComputerSystem.Reset" -> {
                    resets.add(body);
                    if (resetStatus < 300) {
                        power = body.contains("\"On\"") ? "On" : "Off";
                    }
                    send(
                            exchange,
                            resetStatus,
                            resetStatus == 204 ? "" : "{\"error\": {\"message\": \"fan missing\"}}");
                }
                default -> send(exchange, 404, "{}");
            }
        }
    }

    private String members() {
        String member = "{\"@odata.id\": \"" + SYSTEM + "\"}";
        return "{\"Members\": [" + String.join(",", Collections.nCopies(systems, member)) + "]}";
    }

    private void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        CountDownLatch latch = stall;
        if (latch != null) {
            exchange.getResponseBody().flush();
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        CountDownLatch latch = stall;
        if (latch != null) {
            latch.countDown();
        }
        server.stop(0);
    }
}
