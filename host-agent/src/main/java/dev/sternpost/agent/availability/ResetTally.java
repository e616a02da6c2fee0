package dev.sternpost.agent.availability;

import dev.sternpost.agent.availability.guard.BootClock;
import dev.sternpost.agent.datastore.DurableFiles;
import dev.sternpost.ha.monitoring.GuestMonitoring;
import dev.sternpost.ha.text.Lines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When guests were reset or killed for hanging on this host, so that the limits outlive the guest's process, its settings and this agent. A
 * start of the machine begins anew: its clock does, and what hung with it.
 */
final class ResetTally {

    private static final Logger log = LoggerFactory.getLogger(ResetTally.class);

    private static final String KIND = "guest-resets";
    private static final String VM = "vm.";

    private final Path file;
    private final LongSupplier clock;
    private final TreeMap<String, List<Long>> resets = new TreeMap<>();

    /** @param clock milliseconds since the machine was switched on */
    ResetTally(Path home, LongSupplier clock) {
        this.file = home.resolve(KIND);
        this.clock = clock;
        load();
    }

    /** Oldest first. */
    synchronized List<Long> of(String vmId) {
        return resets.getOrDefault(vmId, List.of());
    }

    /** Replaces what is known of a guest, and forgets what is too old to count for any. */
    synchronized void put(String vmId, List<Long> made) {
        resets.put(vmId, List.copyOf(made));
        long oldest = clock.getAsLong() - GuestMonitoring.LOW.windowMillis();
        resets.values().removeIf(each -> each.isEmpty() || each.getLast() < oldest);
        try {
            Lines lines = Lines.of(KIND).with("boot", BootClock.bootId());
            resets.forEach((vm, times) ->
                    lines.with(VM + vm, times.stream().map(String::valueOf).collect(Collectors.joining(" "))));
            DurableFiles.write(file, lines.encoded().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            log.warn("resets of guests are not kept: {}", e.toString());
        }
    }

    private void load() {
        try {
            Lines.decode(KIND, Files.readString(file))
                    .filter(lines -> lines.text("boot").equals(BootClock.bootId()))
                    .ifPresent(lines -> lines.keys().stream()
                            .filter(key -> key.startsWith(VM))
                            .forEach(key -> resets.put(
                                    key.substring(VM.length()),
                                    Arrays.stream(lines.text(key).split(" "))
                                            .map(Long::valueOf)
                                            .toList())));
        } catch (NoSuchFileException e) {
            // None was reset yet.
        } catch (IOException | NumberFormatException e) {
            log.warn("earlier resets of guests are not known: {}", e.toString());
        }
    }
}
