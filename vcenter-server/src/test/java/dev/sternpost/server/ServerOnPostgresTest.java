package dev.sternpost.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server on the database it has in production. */
class ServerOnPostgresTest {
    @Test
    void what_was_answered_is_there_after_a_restart(@TempDir Path directory) throws Exception {
        // PostgreSQL runs as somebody else when we are root, and must be able to get there.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path home = directory.resolve("server");
        Path data = directory.resolve("pg");
        int port = freePort();
        String token;
        String id;
        long sequence;
        String cursor;
        try (TestServer server = TestServer.startOnPostgres(home, data, port);
                JsonClient client = new JsonClient(server)) {
            token = client.login(server.password()).token();
            id = client.post("/api/v1/datacenters", "{\"name\":\"DC0\"}")
                    .json()
                    .at("/datacenter/id")
                    .asString();
            cursor = client.get("/api/v1/objects").json().at("/cursor").asString();
            client.post("/api/v1/folders", "{\"parent\":\"/DC0/vm\",\"name\":\"kept\"}");
            sequence = server.inventory().lastEventSequence();
        }

        try (TestServer server = TestServer.startOnPostgres(home, data, port);
                JsonClient client = new JsonClient(server).withToken(token)) {
            var again = client.get("/api/v1/inventory:find?path=/DC0");
            assertThat(again.status()).as("the session goes on: %s", again).isEqualTo(200);
            assertThat(again.json().at("/object/id").asString()).isEqualTo(id);
            var changes =
                    client.get("/api/v1/inventory:changes?cursor=" + cursor).json();
            assertThat(changes.at("/changes/0/object/name").asString()).isEqualTo("kept");
            assertThat(client.get("/api/v1/events?afterSequence=" + sequence)
                            .json()
                            .at("/events/0/type")
                            .asString())
                    .isEqualTo("ServerStartedEvent");
            assertThat(client.login(server.password()).token()).isNotEqualTo(token);
            assertThat(client.get("/api/v1/tasks").json().at("/tasks").isArray())
                    .isTrue();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
