package dev.sternpost.cli;

import dev.sternpost.cli.shell.Shell;
import dev.sternpost.sdk.fake.FakeServer;
import dev.sternpost.testkit.Golden;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Gives commands against a fake server, in this process. */
abstract class CommandTest {
    static final Duration BOUND = Duration.ofSeconds(30);
    private static final Path TRANSCRIPTS = Path.of("src/test/transcripts");

    @TempDir
    Path directory;

    FakeServer server;
    final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void start() throws IOException {
        server = FakeServer.start(directory);
        Path password = directory.resolve("password");
        Files.writeString(password, FakeServer.PASSWORD + "\n");
        environment.put("STERNPOST_HOME", directory.toString());
        environment.put("STERNPOST_SERVER", server.address());
        environment.put("STERNPOST_CA", server.caFile().toString());
        environment.put("STERNPOST_USER", FakeServer.USER);
        environment.put("STERNPOST_PASSWORD_FILE", password.toString());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** What a command left. */
    record Outcome(int exit, String out, String err) {}

    Outcome give(String... words) {
        return give("", false, words);
    }

    Outcome give(String input, boolean bars, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Shell shell = new Shell(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                Map.copyOf(environment),
                bars);
        int exit = Main.run(shell, words);
        return new Outcome(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /**
     * Gives command lines one after the other and compares all they print with a transcript in the repository. Lines of
     * standard error begin with "! "; what differs from run to run stands as SERVER, HOME, TIME and UUID.
     */
    void transcript(String name, List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            String given = line.replace("HOME", directory.toString());
            Outcome outcome = give(given.isEmpty() ? new String[0] : given.split(" "));
            text.append("$ ").append(("sternpost " + line).strip()).append('\n');
            text.append(outcome.out());
            outcome.err()
                    .lines()
                    .forEach(complaint -> text.append("! ").append(complaint).append('\n'));
            text.append("[exit ").append(outcome.exit()).append("]\n\n");
        }
        String stable = text.toString()
                .replace(server.address(), "SERVER")
                .replace(directory.toString(), "HOME")
                .replaceAll("(requestId\\W+)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "$1UUID")
                .replaceAll("20(2[7-9]|26-(0[2-9]|1))[-0-9]*T[0-9:.]*Z", "TIME");
        Golden.assertMatches(TRANSCRIPTS.resolve(name + ".txt"), stable);
    }
}
