package dev.sternpost.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.opentest4j.AssertionFailedError;

/**
 * Compares text with a file that is kept in the repository, so that each change of it is a reviewed line.
 *
 * <p>{@code -Dgolden.update=true} writes the file instead; read the difference before committing it.
 */
public final class Golden {
    private Golden() {}

    /**
     * Fails when {@code actual} is not what the file holds; line endings and a missing last one do not count.
     *
     * @param file relative to the module's directory, or absolute
     */
    public static void assertMatches(Path file, String actual) {
        assertMatches(file, actual, Boolean.getBoolean("golden.update"));
    }

    static void assertMatches(Path file, String actual, boolean update) {
        String text = normal(actual);
        try {
            if (update) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, text);
            } else if (!Files.exists(file)) {
                throw new AssertionFailedError("no " + file + " yet; make it with -Dgolden.update=true", "", text);
            } else {
                compare(file, normal(Files.readString(file)), text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compare(Path file, String expected, String actual) {
        if (expected.equals(actual)) {
            return;
        }
        List<String> want = expected.lines().toList();
        List<String> have = actual.lines().toList();
        int line = 0;
        while (line < want.size() && line < have.size() && want.get(line).equals(have.get(line))) {
            line++;
        }
        throw new AssertionFailedError(
                "differs from %s at line %d%n  golden: %s%n  actual: %s%nif that is meant, run again with -Dgolden.update=true"
                        .formatted(file, line + 1, lineOrEnd(want, line), lineOrEnd(have, line)),
                expected,
                actual);
    }

    private static String lineOrEnd(List<String> lines, int index) {
        return index < lines.size() ? lines.get(index) : "(end of text)";
    }

    private static String normal(String text) {
        String unix = text.replace("\r\n", "\n");
        return unix.isEmpty() || unix.endsWith("\n") ? unix : unix + "\n";
    }
}
