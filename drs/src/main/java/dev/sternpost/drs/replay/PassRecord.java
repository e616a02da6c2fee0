package dev.sternpost.drs.replay;

import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;

/**
 * One pass as it is stored.
 *
 * @param format of the stored form; rises when what is stored no longer means the same
 */
public record PassRecord(int format, DrsSnapshot snapshot, DrsPolicy policy, DrsPlan plan) {
    /** The form that is written now. */
    public static final int FORMAT = 1;

    public PassRecord {
        if (format != FORMAT) {
            throw new IllegalArgumentException("a pass of format %d, not of %d".formatted(format, FORMAT));
        }
    }

    /** Makes a pass. */
    public static PassRecord make(DrsSnapshot snapshot, DrsPolicy policy) {
        return new PassRecord(FORMAT, snapshot, policy, DrsPlanner.plan(snapshot, policy));
    }

    /** For the store: a compressed JSON document. */
    public byte[] toBytes() {
        return Compression.deflate(CanonicalText.of(this));
    }

    /** @throws IllegalArgumentException when it is not a pass of this format */
    public static PassRecord fromBytes(byte[] bytes) {
        return CanonicalText.read(Compression.inflate(bytes), PassRecord.class);
    }

    /** The plan as JSON of one form only. */
    public String planText() {
        return CanonicalText.of(plan);
    }

    /** What went in, as JSON of one form only. */
    public String inputText() {
        return "{\"policy\":" + CanonicalText.of(policy) + ",\"snapshot\":" + CanonicalText.of(snapshot) + "}";
    }

    /** Makes the pass again from what went in. */
    public Replay replay() {
        return Replay.of(planText(), CanonicalText.of(DrsPlanner.plan(snapshot, policy)));
    }
}
