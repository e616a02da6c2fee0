package dev.sternpost.drs.demand;

import dev.sternpost.drs.snapshot.VmDemand;
import java.nio.ByteBuffer;

/**
 * Follows one VM. Its demand of CPU is what it used and what it was kept waiting for; of memory what is active, a part of what is idle,
 * and more of that the more its host is short of memory. Both are smoothed and looked ahead by an hour ({@link Forecast}). About
 * a kilobyte a VM. Not for use by several threads.
 */
public final class DemandModel {
    /** The part of memory that lies idle and counts as demand nevertheless: the field's 25 %. */
    private static final double IDLE_WEIGHT = 0.25;

    /** Spreads above what is expected that a VM's peak is taken to be. */
    private static final double PEAK_SPREADS = 2;

    /** First byte of what {@link #toBytes} gives. */
    private static final byte FORMAT = 1;

    private final SeasonalCourse cpu;
    private final SeasonalCourse memory;

    /** Of a VM of which nothing was seen. */
    public DemandModel() {
        this(new SeasonalCourse(), new SeasonalCourse());
    }

    private DemandModel(SeasonalCourse cpu, SeasonalCourse memory) {
        this.cpu = cpu;
        this.memory = memory;
    }

    /** All that was learnt. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(1 + 2 * SeasonalCourse.BYTES);
        bytes.put(FORMAT);
        cpu.writeTo(bytes);
        memory.writeTo(bytes);
        return bytes.array();
    }

    /**
     * A model as it was.
     *
     * @throws IllegalArgumentException when these are not the bytes of one that this release can read
     */
    public static DemandModel fromBytes(byte[] content) {
        if (content.length != 1 + 2 * SeasonalCourse.BYTES || content[0] != FORMAT) {
            throw new IllegalArgumentException("not a model of demand of this release");
        }
        ByteBuffer bytes = ByteBuffer.wrap(content, 1, content.length - 1);
        return new DemandModel(SeasonalCourse.readFrom(bytes), SeasonalCourse.readFrom(bytes));
    }

    /** Whether nothing was seen yet: then {@link #planned} says that nothing is wanted. */
    public boolean blank() {
        return cpu.blank();
    }

    /** Takes a sample in; one that is not later than the last is passed over. */
    public void observe(UsageSample sample) {
        cpu.observe(sample.timeSeconds(), sample.cpuUsedMhz() + sample.cpuReadyMhz());
        memory.observe(sample.timeSeconds(), memoryWanted(sample));
    }

    private static double memoryWanted(UsageSample sample) {
        double active = Math.min(sample.memoryActiveBytes(), sample.memoryConsumedBytes());
        double idle = sample.memoryConsumedBytes() - active;
        return active + idle * (IDLE_WEIGHT + (1 - IDLE_WEIGHT) * sample.memoryPressure());
    }

    /** CPU in MHz within the hour after the last sample. */
    public Forecast cpuForecast() {
        return cpu.forecast();
    }

    /** Memory in bytes within the hour after the last sample. */
    public Forecast memoryForecast() {
        return memory.forecast();
    }

    /**
     * What is to be planned for: the greater of what is wanted now and what the hour ahead wants on average, so that a rise that comes every day is
     * made room for before it is there and a fall is believed once it has come.
     *
     * @param cpuMostMhz what all the VM's CPUs can do
     * @param memoryMostBytes what the VM was given
     */
    public VmDemand planned(double cpuMostMhz, double memoryMostBytes) {
        Forecast cpuAhead = cpu.forecast();
        Forecast memoryAhead = memory.forecast();
        double expected = Math.min(cpuMostMhz, Math.max(cpuAhead.now(), cpuAhead.mean()));
        double peak = Math.max(cpuAhead.now(), cpuAhead.max()) + PEAK_SPREADS * cpuAhead.spread();
        return new VmDemand(
                expected,
                Math.clamp(peak, expected, Math.max(expected, cpuMostMhz)),
                Math.min(memoryMostBytes, Math.max(memoryAhead.now(), memoryAhead.mean())));
    }
}
