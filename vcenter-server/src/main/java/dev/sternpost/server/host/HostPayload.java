package dev.sternpost.server.host;

import dev.sternpost.vmotion.precopy.PrecopyProgress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operation answers with. */
public sealed interface HostPayload {

    /** Nothing but that it is done. */
    record None() implements HostPayload {}

    /** The shape of a VM as its directory has it. */
    record Shape(VmShape shape) implements HostPayload {}

    /** Output of a program in the guest; at most 1 MiB each. */
    record ProgramResult(int exitCode, byte[] standardOutput, byte[] standardError) implements HostPayload {}

    /** Tail of a console log and the length of all of it. */
    record ConsoleLog(byte[] content, long totalBytes) implements HostPayload {}

    /** A PNG file. */
    record Screen(byte[] png) implements HostPayload {}

    /** A directory of a datastore, by name. */
    record Listing(List<Entry> entries) implements HostPayload {
        /** One entry; its path is relative to the root of the datastore. */
        public record Entry(String path, boolean directory, long sizeBytes, long allocatedBytes) {}

        public Listing {
            entries = List.copyOf(entries);
        }
    }

    /** How a live migration stands at the source. */
    record Migration(MigrationReport report) implements HostPayload {}

    /** What the target saw at activation; the pause is 0 when it was not measured. */
    record Activation(boolean running, double downtimeMillis, DowntimeSource source) implements HostPayload {}

    /** Where a guest-seen pause was read. */
    enum DowntimeSource {
        GUEST_TICKER,
        ENGINE
    }

    /**
     * How a live migration stands at the source.
     *
     * @param sentBytes so far
     * @param engineDowntimeMillis the engine's own figure; 0 until known
     * @param conduct how the source leads it; null when it does not say
     */
    record MigrationReport(
            PrecopyProgress progress,
            long sentBytes,
            boolean converged,
            double engineDowntimeMillis,
            @Nullable MigrationConduct conduct) {}

    /**
     * How the source of a migration leads it.
     *
     * @param decisions oldest first
     * @param outlook what is expected as of the last round, in words
     * @param takenMillis time that was taken from the guest, of one virtual CPU
     */
    record MigrationConduct(List<MigrationDecision> decisions, String outlook, double takenMillis) {
        public MigrationConduct {
            decisions = List.copyOf(decisions);
        }
    }

    /**
     * @param elapsedMillis since the first byte
     * @param round in which
     * @param kind "throttle", "raiseBandwidth", "switchOver", "postCopy" or "giveUp"
     * @param reason one sentence
     */
    record MigrationDecision(long elapsedMillis, int round, String kind, String reason) {}
}
