package dev.sternpost.sdk;

import dev.sternpost.sdk.fake.FakeServer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A fake server and a client of it. */
abstract class FakeServerTest {
    static final Duration BOUND = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    FakeServer server;
    SternpostClient client;

    @BeforeEach
    void start() {
        server = FakeServer.start(directory);
        client = SternpostClient.connect(
                ConnectOptions.to(server.address()).withCaFile(server.caFile()).withUserAgent("sdk-test"));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    SternpostSession login() {
        return client.login(FakeServer.USER, FakeServer.PASSWORD);
    }
}
