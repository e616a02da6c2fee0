package dev.sternpost.agent.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pressure stall information as Linux writes it, for the whole machine or a control group. */
public final class PressureFiles {

    private static final String SOME = "some ";
    private static final String TOTAL = " total=";

    private PressureFiles() {}

    /**
     * Reads the three files of a directory; what is not there is untold.
     *
     * @param ending what follows "cpu", "memory" and "io" in the files' names
     */
    public static VmMeters.Pressure read(Path directory, String ending) {
        return new VmMeters.Pressure(
                someMicros(directory.resolve("cpu" + ending)),
                someMicros(directory.resolve("memory" + ending)),
                someMicros(directory.resolve("io" + ending)));
    }

    private static long someMicros(Path file) {
        try {
            for (String line :
                    Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
                int total = line.indexOf(TOTAL);
                if (line.startsWith(SOME) && total > 0) {
                    return Long.parseLong(line.substring(total + TOTAL.length()).strip());
                }
            }
        } catch (IOException | NumberFormatException e) {
            // A kernel without it, or one that has it switched off: reading fails then.
        }
        return VmMeters.UNKNOWN;
    }
}
