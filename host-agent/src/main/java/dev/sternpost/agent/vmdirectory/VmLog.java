package dev.sternpost.agent.vmdirectory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What hosts did with a virtual machine, kept beside it: {@code <name>.log}. Only for people; nothing reads it, and a
 * line that cannot be written is dropped.
 */
public final class VmLog {

    private static final Logger LOG = LoggerFactory.getLogger(VmLog.class);
    private static final long BYTES_MAX = 1 << 20;
    private static final int LINE_CHARS_MAX = 2000;

    private final Path file;
    private final Path previous;

    VmLog(Path directory, String vmxName) {
        this.file = directory.resolve(vmxName + ".log");
        this.previous = directory.resolve(vmxName + "-1.log");
    }

    /** Appends a line: time, host, text. At 1 MiB the log moves to {@code <name>-1.log} and begins anew. */
    public void append(String hostId, String text) {
        String shown = text.length() > LINE_CHARS_MAX ? text.substring(0, LINE_CHARS_MAX) : text;
        String line = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + hostId + " "
                + shown.replaceAll("\\p{Cntrl}", " ") + "\n";
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > BYTES_MAX) {
                Files.move(file, previous, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.write(
                    file,
                    line.getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            LOG.debug("cannot append to {}: {}", file, e.toString());
        }
    }
}
