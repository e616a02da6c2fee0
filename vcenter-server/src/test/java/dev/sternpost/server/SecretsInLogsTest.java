package dev.sternpost.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A canary: with every logger at its most talkative, no secret that passes through the server may turn up in the log. */
class SecretsInLogsTest {
    private static final class Tape extends AppenderBase<ILoggingEvent> {
        private final StringBuffer text = new StringBuffer();

        @Override
        protected void append(ILoggingEvent event) {
            text.append(event.getFormattedMessage()).append('\n');
            if (event.getThrowableProxy() != null) {
                text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
    }

    @Test
    void no_secret_is_ever_logged(@TempDir Path home) throws Exception {
        Tape tape = new Tape();
        Logger ours = (Logger) LoggerFactory.getLogger("dev.sternpost");
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        String password;
        String token;
        String renewed;
        String enrolmentToken;
        String typed = "canary-password-typed-wrong";
        try (TestServer server = TestServer.start(home);
                JsonClient client = new JsonClient(server)) {
            // After the start, which sets the levels anew.
            Level before = ours.getLevel();
            tape.setContext(root.getLoggerContext());
            tape.start();
            root.addAppender(tape);
            ours.setLevel(Level.TRACE);
            try {
                password = server.password();
                client.post("/api/v1/sessions", "{\"userName\":\"administrator\",\"password\":\"" + typed + "\"}");
                client.post("/api/v1/sessions", "{\"userName\":\"" + typed + "\",\"password\":\"x\"}");
                client.post("/api/v1/sessions", "{\"userName\":\"administrator\",\"password\":\"" + typed);
                token = client.login(password).token();
                client.get("/api/v1/objects/vm-404");
                client.get("/api/v1/nonsense?token=" + token);
                client.post("/api/v1/datacenters", "{\"name\":\"DC0\"}");
                enrolmentToken = client.post("/api/v1/hosts", "{\"parent\":\"/DC0/host\",\"name\":\"h1\"}")
                        .json()
                        .at("/token")
                        .asString();
                client.post("/sternpost.agent.v1.EnrolmentService/Enrol", enrolmentToken);
                renewed = client.post("/api/v1/session:renew", "{}")
                        .json()
                        .at("/token")
                        .asString();
                client.get("/api/v1/session");
            } finally {
                root.detachAppender(tape);
                ours.setLevel(before);
            }
        }
        String key = Files.readString(home.resolve("ca/ca.key"))
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow();

        assertThat(enrolmentToken).startsWith("spt1.");
        assertThat(tape.text.toString()).as("the tape runs").contains("LOGIN_REFUSED");
        for (String secret : List.of(password, token, renewed, enrolmentToken, typed, key)) {
            assertThat(tape.text.toString()).doesNotContain(secret);
        }
    }
}
