package dev.sternpost.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON face as a script sees it: the JDK's HTTP client and nothing of ours. */
public final class JsonClient implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** An answer: status and body. */
    public record Answer(int status, String text) {
        public JsonNode json() {
            return MAPPER.readTree(text);
        }

        /** The code of the fault in the body. */
        public String code() {
            return json().path("code").asString();
        }
    }

    private final HttpClient http;
    private final String base;
    private String token = "";

    public JsonClient(TestServer server) {
        this(server, HttpClient.Version.HTTP_2);
    }

    public JsonClient(TestServer server, HttpClient.Version version) {
        this(server, HttpClient.newBuilder().version(version));
    }

    /** A client that comes from another address of this machine. */
    public static JsonClient from(String address, TestServer server) {
        try {
            return new JsonClient(server, HttpClient.newBuilder().localAddress(InetAddress.getByName(address)));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    private JsonClient(TestServer server, HttpClient.Builder builder) {
        this.base = "https://127.0.0.1:" + server.apiPort();
        this.http =
                builder.sslContext(trusting(server.authority().certificate())).build();
    }

    /** Trusts one authority and nobody else. */
    public static SSLContext trusting(X509Certificate authority) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry("ca", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public JsonClient login(String password) {
        Answer answer =
                post("/api/v1/sessions", "{\"userName\":\"administrator\",\"password\":\"%s\"}".formatted(password));
        if (answer.status() != 200) {
            throw new AssertionError("login: " + answer);
        }
        token = answer.json().path("token").asString();
        return this;
    }

    public String token() {
        return token;
    }

    public JsonClient withToken(String newToken) {
        token = newToken;
        return this;
    }

    public Answer get(String path) {
        return send("GET", path, "");
    }

    public Answer post(String path, String body) {
        return send("POST", path, body);
    }

    public Answer delete(String path) {
        return send("DELETE", path, "");
    }

    public Answer send(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(30))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("content-type", "application/json");
        }
        if (!token.isEmpty()) {
            request.header("authorization", "Bearer " + token);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
