package dev.sternpost.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.server.JsonClient;
import dev.sternpost.server.TestServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginTest {
    private TestServer server;
    private JsonClient client;

    @BeforeEach
    void start(@TempDir Path home) {
        server = TestServer.start(home);
        client = new JsonClient(server);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private JsonClient.Answer login(String name, String password) {
        return client.post("/api/v1/sessions", "{\"userName\":\"%s\",\"password\":\"%s\"}".formatted(name, password));
    }

    @Test
    void the_generated_password_logs_in_and_the_session_says_who() {
        var answer = login("Administrator", server.password());
        assertThat(answer.status()).isEqualTo(200);

        client.withToken(answer.json().at("/token").asString());
        assertThat(client.get("/api/v1/session").json().at("/session/userName").asString())
                .isEqualTo("administrator");
    }

    @Test
    void a_wrong_password_and_an_unknown_name_are_refused_alike() {
        var wrong = login("administrator", "wrong");
        var unknown = login("nobody", "wrong");

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.code()).isEqualTo("LOGIN_REFUSED");
        assertThat(unknown).isEqualTo(wrong);
    }

    @Test
    void guessing_locks_the_name_and_says_how_long() {
        for (int i = 0; i < 5; i++) {
            login("administrator", "wrong");
        }

        var locked = login("administrator", server.password());

        assertThat(locked.status()).isEqualTo(429);
        assertThat(locked.code()).isEqualTo("LOGIN_THROTTLED");
        assertThat(locked.json().at("/message").asString()).containsPattern("Try again in \\d+ s");
    }

    @Test
    void guesses_from_elsewhere_do_not_lock_the_owner_out() {
        try (JsonClient stranger = JsonClient.from("127.0.0.2", server)) {
            String guess = "{\"userName\":\"administrator\",\"password\":\"wrong\"}";
            for (int i = 0; i < 5; i++) {
                assertThat(stranger.post("/api/v1/sessions", guess).code()).isEqualTo("LOGIN_REFUSED");
            }
            assertThat(stranger.post("/api/v1/sessions", guess).code()).isEqualTo("LOGIN_THROTTLED");
        }

        assertThat(login("administrator", server.password()).status()).isEqualTo(200);
    }

    @Test
    void a_renewed_token_works_and_the_old_one_does_not() {
        client.login(server.password());
        String old = client.token();

        String fresh =
                client.post("/api/v1/session:renew", "{}").json().at("/token").asString();

        assertThat(client.withToken(old).get("/api/v1/session").code()).isEqualTo("TOKEN_INVALID");
        assertThat(client.withToken(fresh).get("/api/v1/session").status()).isEqualTo(200);
    }

    @Test
    void after_a_logout_the_token_is_worth_nothing() {
        client.login(server.password());

        assertThat(client.delete("/api/v1/session").status()).isEqualTo(200);

        assertThat(client.get("/api/v1/session").status()).isEqualTo(401);
    }

    @Test
    void logins_show_in_the_event_trail_with_their_user() {
        login("administrator", "wrong");
        client.login(server.password());

        var events = client.get("/api/v1/events").json().at("/events");

        assertThat(events.at("/0/type").asString()).isEqualTo("UserLoginEvent");
        assertThat(events.at("/0/userName").asString()).isEqualTo("administrator");
        assertThat(events.at("/1/type").asString()).isEqualTo("UserLoginRefusedEvent");
    }

    @Test
    void a_password_typed_as_a_name_is_not_kept() {
        login("my-secret-pass-phrase", "x");

        assertThat(client.login(server.password()).get("/api/v1/events").text())
                .contains("UserLoginRefusedEvent")
                .doesNotContain("secret-pass");
    }
}
