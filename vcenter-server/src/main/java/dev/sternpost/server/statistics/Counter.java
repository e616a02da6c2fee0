package dev.sternpost.server.statistics;

import static dev.sternpost.inventory.ObjectKind.HOST;
import static dev.sternpost.inventory.ObjectKind.VIRTUAL_MACHINE;

import dev.sternpost.inventory.ObjectKind;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What can be asked for, under the field's names and in its units. {@code docs/statistics.md} tells people of each. */
public enum Counter {
    CPU_USAGE(
            "cpu.usage.average",
            Unit.PERCENT,
            both(),
            "CPU used, of all it has: virtual CPUs of a VM, CPUs of a host.",
            s -> 100 * ofCpuTime(s, Meter.CPU_USED_MILLIS)),
    CPU_USAGE_MHZ(
            "cpu.usagemhz.average",
            Unit.MHZ,
            both(),
            "CPU used, as clock of the host.",
            s -> mhz(s, known(s, Meter.CPU_USED_MILLIS))),
    CPU_USED(
            "cpu.used.summation",
            Unit.MILLISECONDS,
            both(),
            "CPU time used, all CPUs together.",
            s -> known(s, Meter.CPU_USED_MILLIS)),
    CPU_READY(
            "cpu.ready.summation",
            Unit.MILLISECONDS,
            vms(),
            "Time in which virtual CPUs wanted to run and did not, all together; held back by a limit included.",
            s -> known(s, Meter.CPU_READY_MILLIS)),
    CPU_READINESS(
            "cpu.readiness.average",
            Unit.PERCENT,
            vms(),
            "Share of the time in which a virtual CPU wanted to run and did not.",
            s -> 100 * ofCpuTime(s, Meter.CPU_READY_MILLIS)),
    CPU_LIMITED(
            "cpu.maxlimited.summation",
            Unit.MILLISECONDS,
            vms(),
            "Time in which its limit held the VM back.",
            s -> known(s, Meter.CPU_LIMITED_MILLIS)),
    CPU_DEMAND(
            "cpu.demand.average",
            Unit.MHZ,
            vms(),
            "CPU it would use if nothing and nobody held it back.",
            s -> mhz(s, known(s, Meter.CPU_USED_MILLIS) + known(s, Meter.CPU_READY_MILLIS))),
    CPU_ENTITLEMENT(
            "cpu.entitlement.latest",
            Unit.MHZ,
            vms(),
            "CPU it may use at most, as its host enforces it.",
            s -> known(s, Meter.CPU_ENTITLED_PERMILLE) / 1000 * positive(s, Meter.CPU_MHZ)),
    CPU_CAPACITY(
            "cpu.totalcapacity.average",
            Unit.MHZ,
            hosts(),
            "CPU the host has.",
            s -> known(s, Meter.CPU_COUNT) * positive(s, Meter.CPU_MHZ)),
    CPU_STEAL(
            "cpu.steal.average",
            Unit.PERCENT,
            hosts(),
            "CPU that the machine below the host took away, of all it has.",
            s -> 100 * ofCpuTime(s, Meter.CPU_STOLEN_MILLIS)),
    CPU_PRESSURE(
            "cpu.pressure.average",
            Unit.PERCENT,
            both(),
            "Share of the time in which some task waited for a CPU.",
            s -> pressure(s, Meter.CPU_PRESSURE_MICROS)),
    MEMORY_CONSUMED(
            "mem.consumed.average",
            Unit.KILOBYTES,
            both(),
            "Memory of the host in use, by the VM or in all.",
            s -> known(s, Meter.MEMORY_CONSUMED_KIB)),
    MEMORY_ACTIVE(
            "mem.active.average",
            Unit.KILOBYTES,
            vms(),
            "Memory the guest uses and could not give up at once.",
            s -> known(s, Meter.MEMORY_ACTIVE_KIB)),
    MEMORY_DIRTIED(
            "mem.dirtied.average",
            Unit.KILOBYTES_PER_SECOND,
            vms(),
            "Memory the guest dirtied at least once in a look of some seconds; estimated from some pages.",
            s -> known(s, Meter.MEMORY_DIRTIED_KIB) * 1000 / positive(s, Meter.MEMORY_DIRTIED_MILLIS)),
    MEMORY_USAGE(
            "mem.usage.average",
            Unit.PERCENT,
            both(),
            "Of a VM active memory, of a host consumed memory, of all it has.",
            s -> 100
                    * known(s, isVm(s) ? Meter.MEMORY_ACTIVE_KIB : Meter.MEMORY_CONSUMED_KIB)
                    / positive(s, Meter.MEMORY_KIB)),
    MEMORY_PRESSURE(
            "mem.pressure.average",
            Unit.PERCENT,
            both(),
            "Share of the time in which some task waited for memory.",
            s -> pressure(s, Meter.MEMORY_PRESSURE_MICROS)),
    DISK_READ(
            "disk.read.average",
            Unit.KILOBYTES_PER_SECOND,
            both(),
            "Read from virtual disks; of a host by all its VMs.",
            s -> perSecond(s, known(s, Meter.DISK_READ_KIB))),
    DISK_WRITE(
            "disk.write.average",
            Unit.KILOBYTES_PER_SECOND,
            both(),
            "Written to virtual disks; of a host by all its VMs.",
            s -> perSecond(s, known(s, Meter.DISK_WRITE_KIB))),
    DISK_USAGE(
            "disk.usage.average",
            Unit.KILOBYTES_PER_SECOND,
            both(),
            "Read from and written to virtual disks.",
            s -> perSecond(s, known(s, Meter.DISK_READ_KIB) + known(s, Meter.DISK_WRITE_KIB))),
    DISK_READS(
            "disk.numberReadAveraged.average",
            Unit.PER_SECOND,
            both(),
            "Reads from virtual disks.",
            s -> perSecond(s, known(s, Meter.DISK_READS))),
    DISK_WRITES(
            "disk.numberWriteAveraged.average",
            Unit.PER_SECOND,
            both(),
            "Writes to virtual disks.",
            s -> perSecond(s, known(s, Meter.DISK_WRITES))),
    DISK_PRESSURE(
            "disk.pressure.average",
            Unit.PERCENT,
            both(),
            "Share of the time in which some task waited for a disk.",
            s -> pressure(s, Meter.IO_PRESSURE_MICROS)),
    NET_RECEIVED(
            "net.received.average",
            Unit.KILOBYTES_PER_SECOND,
            both(),
            "Received by the guest; of a host by all its guests.",
            s -> perSecond(s, known(s, Meter.NET_RECEIVED_KIB))),
    NET_TRANSMITTED(
            "net.transmitted.average",
            Unit.KILOBYTES_PER_SECOND,
            both(),
            "Sent by the guest; of a host by all its guests.",
            s -> perSecond(s, known(s, Meter.NET_TRANSMITTED_KIB))),
    NET_USAGE(
            "net.usage.average",
            Unit.KILOBYTES_PER_SECOND,
            both(),
            "Received and sent.",
            s -> perSecond(s, known(s, Meter.NET_RECEIVED_KIB) + known(s, Meter.NET_TRANSMITTED_KIB))),
    NET_PACKETS_RECEIVED(
            "net.packetsRx.summation",
            Unit.NUMBER,
            both(),
            "Packets received.",
            s -> known(s, Meter.NET_RECEIVED_PACKETS)),
    NET_PACKETS_TRANSMITTED(
            "net.packetsTx.summation",
            Unit.NUMBER,
            both(),
            "Packets sent.",
            s -> known(s, Meter.NET_TRANSMITTED_PACKETS));

    /** What a value is counted in. A kilobyte has 1,024 bytes. */
    public enum Unit {
        PERCENT("percent"),
        MHZ("MHz"),
        MILLISECONDS("ms"),
        KILOBYTES("KB"),
        KILOBYTES_PER_SECOND("KBps"),
        PER_SECOND("perSecond"),
        NUMBER("number");

        private final String word;

        Unit(String word) {
            this.word = word;
        }

        /** As it is written. */
        public String word() {
            return word;
        }
    }

    /** How values are made, and how several become one; the last part of a counter's name. */
    public enum Rollup {
        AVERAGE,
        SUMMATION,
        LATEST
    }

    private static final Map<String, Counter> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(Counter::counterName, Function.identity()));

    private final String counterName;
    private final Unit unit;
    private final Rollup rollup;
    private final Set<ObjectKind> kinds;
    private final String description;
    private final ToDoubleFunction<Sample> formula;

    Counter(
            String counterName,
            Unit unit,
            Set<ObjectKind> kinds,
            String description,
            ToDoubleFunction<Sample> formula) {
        this.counterName = counterName;
        this.unit = unit;
        this.rollup = Rollup.valueOf(
                counterName.substring(counterName.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT));
        this.kinds = kinds;
        this.description = description;
        this.formula = formula;
    }

    /** The field's name. */
    public String counterName() {
        return counterName;
    }

    public Unit unit() {
        return unit;
    }

    public Rollup rollup() {
        return rollup;
    }

    /** What has it. */
    public Set<ObjectKind> kinds() {
        return kinds;
    }

    /** One sentence. */
    public String description() {
        return description;
    }

    /** Its value in an interval; empty when something it is made of was not measured. */
    OptionalDouble of(Sample sample) {
        double value = formula.applyAsDouble(sample);
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    /** All that a kind of object has, by name. */
    public static List<Counter> of(ObjectKind kind) {
        return Arrays.stream(values())
                .filter(counter -> counter.kinds.contains(kind))
                .sorted((one, other) -> one.counterName.compareTo(other.counterName))
                .toList();
    }

    /** @throws FaultException REQUEST_INVALID when there is none with that name */
    public static Counter named(String name) {
        Counter counter = BY_NAME.get(name);
        if (counter == null) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    "There is no counter \"%s\". ListCounters tells which there are."
                            .formatted(name.length() > 100 ? name.substring(0, 100) + "…" : name));
        }
        return counter;
    }

    private static Set<ObjectKind> both() {
        return Set.of(VIRTUAL_MACHINE, HOST);
    }

    private static Set<ObjectKind> vms() {
        return Set.of(VIRTUAL_MACHINE);
    }

    private static Set<ObjectKind> hosts() {
        return Set.of(HOST);
    }

    // ---- formulas; what is not known is not a number, and spreads ----

    private static double known(Sample sample, Meter meter) {
        long value = sample.value(meter);
        return value == Sample.UNKNOWN ? Double.NaN : value;
    }

    private static double positive(Sample sample, Meter meter) {
        double value = known(sample, meter);
        return value > 0 ? value : Double.NaN;
    }

    private static double ofCpuTime(Sample sample, Meter meter) {
        return known(sample, meter) / (sample.intervalMillis() * positive(sample, Meter.CPU_COUNT));
    }

    private static double mhz(Sample sample, double cpuMillis) {
        return cpuMillis / sample.intervalMillis() * positive(sample, Meter.CPU_MHZ);
    }

    private static double perSecond(Sample sample, double amount) {
        return amount * 1000 / sample.intervalMillis();
    }

    private static double pressure(Sample sample, Meter meter) {
        return Math.min(100, known(sample, meter) / 10 / sample.intervalMillis());
    }

    private static boolean isVm(Sample sample) {
        return sample.value(Meter.CPU_READY_MILLIS) != Sample.UNKNOWN;
    }
}
