package dev.sternpost.vmotion.precopy;

import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/** A guest with a dirty bitmap of real pages, written page by page: the oracle that formulae and estimates are held against. */
final class SimulatedGuest {
    static final int PAGE_BYTES = 4096;

    private final SplittableRandom random;
    private final List<Writer> writers;
    private final BitSet dirty;
    private final int pages;
    private final int pagesNotZero;
    private double seconds;
    private double throttle;

    /** One activity in the guest; {@code onSeconds} of each {@code periodSeconds} it writes, the rest it rests. */
    static final class Writer {
        final WriteKind kind;
        final int firstPage;
        final int pageCount;
        final double pagesPerSecond;
        final double periodSeconds;
        final double onSeconds;
        int next;
        double owed;

        Writer(WriteKind kind, int firstPage, int pageCount, double pagesPerSecond) {
            this(kind, firstPage, pageCount, pagesPerSecond, 1, 1);
        }

        Writer(
                WriteKind kind,
                int firstPage,
                int pageCount,
                double pagesPerSecond,
                double periodSeconds,
                double onSeconds) {
            this.kind = kind;
            this.firstPage = firstPage;
            this.pageCount = pageCount;
            this.pagesPerSecond = pagesPerSecond;
            this.periodSeconds = periodSeconds;
            this.onSeconds = onSeconds;
        }
    }

    SimulatedGuest(long seed, int pages, int pagesNotZero, List<Writer> writers) {
        this.random = new SplittableRandom(seed);
        this.pages = pages;
        this.pagesNotZero = pagesNotZero;
        this.writers = writers;
        this.dirty = new BitSet(pages);
    }

    double memoryBytes() {
        return (double) pages * PAGE_BYTES;
    }

    double notZeroBytes() {
        return (double) pagesNotZero * PAGE_BYTES;
    }

    void throttle(double share) {
        throttle = share;
    }

    /** Lets it run so long. */
    void run(double forSeconds) {
        for (Writer writer : writers) {
            double step = Math.min(forSeconds, 0.01);
            for (double at = 0; at < forSeconds - 1e-12; at += step) {
                double length = Math.min(step, forSeconds - at);
                if ((seconds + at) % writer.periodSeconds < writer.onSeconds) {
                    write(writer, length * (1 - throttle));
                }
            }
        }
        seconds += forSeconds;
    }

    private void write(Writer writer, double forSeconds) {
        writer.owed += writer.pagesPerSecond * forSeconds;
        for (; writer.owed >= 1; writer.owed--) {
            int page = switch (writer.kind) {
                case RANDOM -> random.nextInt(writer.pageCount);
                case CYCLIC -> writer.next = (writer.next + 1) % writer.pageCount;
            };
            dirty.set(writer.firstPage + page);
        }
    }

    /** Reads the bitmap and clears it. */
    double takeDirtyBytes() {
        double bytes = (double) dirty.cardinality() * PAGE_BYTES;
        dirty.clear();
        return bytes;
    }
}
