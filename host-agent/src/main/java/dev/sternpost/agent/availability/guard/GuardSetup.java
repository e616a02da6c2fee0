package dev.sternpost.agent.availability.guard;

import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * What a guard is told at its start. Another setup means another guard.
 *
 * @param slots directory of the heartbeat datastore where leases are kept
 * @param patient which times it goes by
 * @param runDirectory of the engine whose virtual machines it stops
 * @param watchdog device of the machine's watchdog; empty for none
 * @param program what the guard is started from, so that a newer agent has a newer guard
 */
public record GuardSetup(
        HostId hostId, Path slots, boolean patient, Path runDirectory, String watchdog, String program) {

    HaTiming timing() {
        return patient ? HaTiming.PATIENT : HaTiming.DEFAULT;
    }

    String format() throws IOException {
        Properties properties = new Properties();
        properties.setProperty("host", hostId.value());
        properties.setProperty("slots", slots.toString());
        properties.setProperty("patient", Boolean.toString(patient));
        properties.setProperty("run", runDirectory.toString());
        properties.setProperty("watchdog", watchdog);
        properties.setProperty("program", program);
        StringWriter text = new StringWriter();
        properties.store(text, null);
        // Without the time of day, so that the same setup is the same text.
        return text.toString()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .sorted()
                .reduce("", (a, b) -> a + b + "\n");
    }

    static GuardSetup read(Path file) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(file)));
        return new GuardSetup(
                new HostId(properties.getProperty("host")),
                Path.of(properties.getProperty("slots")),
                Boolean.parseBoolean(properties.getProperty("patient")),
                Path.of(properties.getProperty("run")),
                properties.getProperty("watchdog"),
                properties.getProperty("program"));
    }
}
