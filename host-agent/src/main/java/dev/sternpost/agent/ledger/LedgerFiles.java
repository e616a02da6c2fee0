package dev.sternpost.agent.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads ledger files at start. A damaged one is moved aside and noted, and does not stop the others. */
final class LedgerFiles {

    private static final Logger log = LoggerFactory.getLogger(LedgerFiles.class);
    private static final int FILE_BYTES_MAX = 8 << 20;

    private final List<String> notices = new ArrayList<>();

    /** Makes a value of a file's content. */
    @FunctionalInterface
    interface Parser<T> {
        T parse(byte[] content) throws IOException;
    }

    <T> Optional<T> read(Path file, Parser<T> parser) throws IOException {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new IOException("it is too long");
            }
            return Optional.of(parser.parse(Files.readAllBytes(file)));
        } catch (IOException | IllegalArgumentException e) {
            Path aside = file.resolveSibling(file.getFileName() + ".damaged");
            log.error("ledger file {} is damaged ({}); moved to {}", file, e.getMessage(), aside.getFileName());
            notices.add("the agent's record " + file.getFileName() + " was damaged and has been set aside: "
                    + e.getMessage());
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            return Optional.empty();
        }
    }

    long readNumber(Path file, String kind) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        return read(file, content -> Fields.parse(kind, content).number("number"))
                .orElse(0L);
    }

    List<Path> list(Path directory, String suffix) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    /** What was found damaged, for people. */
    List<String> notices() {
        return List.copyOf(notices);
    }
}
