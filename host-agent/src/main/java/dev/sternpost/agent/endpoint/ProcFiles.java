package dev.sternpost.agent.endpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Small readings from /proc; what cannot be read is 0 or empty. */
final class ProcFiles {

    private ProcFiles() {}

    /** A figure of /proc/meminfo, such as "MemTotal", in bytes. */
    static long memoryBytes(String name) {
        String text = value("/proc/meminfo", name);
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text.split(" ", 2)[0]) * 1024;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** A figure of the first processor in /proc/cpuinfo, such as "model name". */
    static String processor(String name) {
        return value("/proc/cpuinfo", name);
    }

    /** Id of the machine's boot. */
    static String bootId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static String value(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
