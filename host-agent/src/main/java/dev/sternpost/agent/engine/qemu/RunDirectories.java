package dev.sternpost.agent.engine.qemu;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directories of running virtual machines. They are flat: sockets and small files only. */
final class RunDirectories {

    private static final Logger LOG = LoggerFactory.getLogger(RunDirectories.class);
    private static final Pattern VM_ID = Pattern.compile("vm-[0-9]{1,18}");
    private static final String RECORD_ENDING = ".json";

    private RunDirectories() {}

    /** Ids of the virtual machines that have one, or a record. */
    static List<String> vmIds(Path runDirectory) {
        Set<String> ids = new TreeSet<>();
        if (!Files.isDirectory(runDirectory)) {
            return List.of();
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(runDirectory, "vm-*")) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                ids.add(
                        name.endsWith(RECORD_ENDING)
                                ? name.substring(0, name.length() - RECORD_ENDING.length())
                                : name);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the run directory cannot be read: " + runDirectory, e);
        }
        return ids.stream().filter(id -> VM_ID.matcher(id).matches()).toList();
    }

    /** Deletes one; the record goes last, so that a crash in between leaves something that is found again. */
    static void delete(RunFiles files) {
        try {
            if (Files.isDirectory(files.directory(), LinkOption.NOFOLLOW_LINKS)) {
                try (DirectoryStream<Path> entries = Files.newDirectoryStream(files.directory())) {
                    for (Path entry : entries) {
                        Files.deleteIfExists(entry);
                    }
                }
                Files.deleteIfExists(files.directory());
            }
            Files.deleteIfExists(files.record());
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", files.directory(), e.toString());
        }
    }
}
