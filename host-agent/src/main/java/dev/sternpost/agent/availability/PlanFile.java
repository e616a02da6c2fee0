package dev.sternpost.agent.availability;

import dev.sternpost.agent.datastore.DurableFiles;
import dev.sternpost.ha.text.Lines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the server told this host last, kept so that it is kept up when the agent starts and the server is not there. */
final class PlanFile {

    private static final Logger log = LoggerFactory.getLogger(PlanFile.class);

    private static final String KIND = "availability";

    private final Path file;
    private final Plan.Source.Reader reader;

    PlanFile(Path home, Plan.Source.Reader reader) {
        this.file = home.resolve("availability");
        this.reader = reader;
    }

    /** What was kept; nothing to keep up when there is none, or it cannot be read. */
    Plan load() {
        try {
            Optional<Plan> kept = decode(Files.readString(file));
            if (kept.isPresent()) {
                return kept.get();
            }
            log.error("{} is damaged; the server has to say it again", file);
        } catch (NoSuchFileException e) {
            // Never told.
        } catch (IOException e) {
            log.error("{} cannot be read; the server has to say it again: {}", file, e.toString());
        }
        return reader.read(new byte[0]);
    }

    void store(Plan plan) {
        try {
            DurableFiles.write(file, encode(plan).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("what to keep up cannot be kept in " + file, e);
        }
    }

    /** As it is kept here and passed on by the datastore. */
    static String encode(Plan plan) {
        return Lines.of(KIND)
                .with("version", plan.version())
                .with("on", plan.isOn())
                .with("config", Base64.getEncoder().encodeToString(plan.source().bytes()))
                .encoded();
    }

    /** Empty when it is something else, such as after a torn write. */
    Optional<Plan> decode(String text) {
        return Lines.decode(KIND, text).flatMap(lines -> {
            try {
                Plan plan = reader.read(Base64.getDecoder().decode(lines.text("config")));
                return Optional.of(lines.flag("on") ? plan : plan.off());
            } catch (IllegalArgumentException e) {
                log.warn("a plan that makes no sense: {}", e.getMessage());
                return Optional.empty();
            }
        });
    }
}
