package dev.sternpost.agent.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Events that the server has not acknowledged, one file each. */
final class EventJournal {

    /** Beyond this many the oldest are dropped: a server away for so long learns the truth from the inventory. */
    static final int UNACKNOWLEDGED_MAX = 10_000;

    private static final String ACKNOWLEDGED_KIND = "sternpost acknowledged 1";

    private static final String SUFFIX = ".event";

    private final Path directory;
    private final Disk disk;
    private final LongSupplier clock;
    private final TreeMap<Long, EventRecord> waiting = new TreeMap<>();
    private long last;

    EventJournal(Path directory, Disk disk, LedgerFiles files, LongSupplier clock) throws IOException {
        this.directory = directory;
        this.clock = clock;
        this.disk = disk;
        disk.makeDirectory(directory);
        long acknowledged = files.readNumber(acknowledgedFile(), ACKNOWLEDGED_KIND);
        last = acknowledged;
        for (Path file : files.list(directory, SUFFIX)) {
            // By the name too, so that the number of a damaged event is not used twice.
            last = Math.max(last, numberOf(file));
            files.read(file, EventRecord::parse).ifPresent(event -> waiting.put(event.number(), event));
        }
        waiting.headMap(acknowledged, true).clear();
    }

    EventRecord append(String vmId, long generation, String kind, String detail) throws IOException {
        EventRecord event = new EventRecord(last + 1, vmId, generation, kind, detail, clock.getAsLong());
        disk.write(file(event.number()), event.format());
        last = event.number();
        waiting.put(last, event);
        if (waiting.size() > UNACKNOWLEDGED_MAX) {
            disk.delete(file(waiting.firstKey()));
            waiting.pollFirstEntry();
        }
        return event;
    }

    void acknowledge(long number) throws IOException {
        List<Long> done = new ArrayList<>(waiting.headMap(number, true).keySet());
        if (done.isEmpty()) {
            return;
        }
        // The mark first: numbers must go on from here even when no event file is left.
        disk.write(
                acknowledgedFile(),
                new Fields(ACKNOWLEDGED_KIND).put("number", done.getLast()).format());
        for (long each : done) {
            waiting.remove(each);
            disk.delete(file(each));
        }
    }

    long lastNumber() {
        return last;
    }

    List<EventRecord> waiting() {
        return List.copyOf(waiting.values());
    }

    private Path acknowledgedFile() {
        return directory.resolve("acknowledged");
    }

    private Path file(long number) {
        return directory.resolve(number + SUFFIX);
    }

    private static long numberOf(Path file) {
        String name = file.getFileName().toString();
        try {
            return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
