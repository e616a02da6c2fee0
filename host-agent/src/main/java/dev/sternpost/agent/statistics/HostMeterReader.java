package dev.sternpost.agent.statistics;

import dev.sternpost.agent.engine.PressureFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads what the machine has used, from /proc. */
final class HostMeterReader {

    /** A clock tick of /proc/stat; Linux shows 100 a second whatever the kernel's own are. */
    private static final long TICK_NANOS = 10_000_000;

    private static final int USER = 1;
    private static final int IDLE = 4;
    private static final int IO_WAIT = 5;
    private static final int STEAL = 8;

    private final Path proc;

    HostMeterReader() {
        this(Path.of("/proc"));
    }

    HostMeterReader(Path proc) {
        this.proc = proc;
    }

    /** Empty when the kernel does not say what it must. */
    Optional<HostMeters> read() {
        try {
            String[] all = Files.readString(proc.resolve("stat"), StandardCharsets.ISO_8859_1)
                    .split("\n", 2)[0]
                    .split("\\s+");
            long usedTicks = 0;
            for (int i = USER; i < STEAL; i++) {
                usedTicks += i == IDLE || i == IO_WAIT ? 0 : Long.parseLong(all[i]);
            }
            long memoryBytes = memoryBytes("MemTotal:");
            return Optional.of(new HostMeters(
                    System.nanoTime(),
                    Runtime.getRuntime().availableProcessors(),
                    clockMhz(),
                    usedTicks * TICK_NANOS,
                    Long.parseLong(all[STEAL]) * TICK_NANOS,
                    memoryBytes,
                    memoryBytes - memoryBytes("MemAvailable:"),
                    PressureFiles.read(proc.resolve("pressure"), "")));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private long memoryBytes(String name) throws IOException {
        String text = line(proc.resolve("meminfo"), name);
        return Long.parseLong(text.substring(name.length()).strip().split(" ", 2)[0]) * 1024;
    }

    /** Of the first CPU; 0 where the kernel does not tell, as on other machines than PCs. */
    private int clockMhz() throws IOException {
        String text = line(proc.resolve("cpuinfo"), "cpu MHz");
        return text.isEmpty() ? 0 : (int) Double.parseDouble(text.substring(text.indexOf(':') + 1));
    }

    private static String line(Path file, String name) throws IOException {
        for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
            if (line.startsWith(name)) {
                return line;
            }
        }
        return "";
    }
}
