package dev.sternpost.vmotion.baseline;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.GuestMachines;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.vmotion.baseline.CpuLevel.Vendor;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The levels there are, and which of them hosts can give. Names are the levels of the x86-64 ABI, which compilers and distributions speak of, and
 * QEMU's models of generations of CPUs, which are what the field's EVC modes are.
 */
public final class CpuBaselines {
    private static final String ABI_3 = "Nehalem,+abm,+avx,+avx2,+bmi1,+bmi2,+f16c,+fma,+movbe,+xsave";
    /** Guests of a level do not run guests of their own: that would be a matter of each host's settings. */
    private static final String NOT_NESTED = ",-svm,-npt,-nrip-save,-svme-addr-chk";

    private static final List<CpuLevel> LEVELS = List.of(
            level("x86-64-v2", "Nehalem", Vendor.ANY),
            level("x86-64-v3", ABI_3, Vendor.ANY),
            level("x86-64-v4", ABI_3 + ",+avx512bw,+avx512cd,+avx512dq,+avx512f,+avx512vl", Vendor.ANY),
            intel("Conroe"),
            intel("Penryn"),
            intel("Nehalem"),
            intel("Westmere"),
            intel("SandyBridge"),
            intel("IvyBridge"),
            intel("Haswell-noTSX"),
            intel("Broadwell-noTSX"),
            intel("Skylake-Server-noTSX-IBRS"),
            intel("Cascadelake-Server-noTSX"),
            intel("Icelake-Server-noTSX"),
            amd("Opteron_G3"),
            amd("EPYC"),
            amd("EPYC-Rome"),
            amd("EPYC-Milan"));

    private CpuBaselines() {}

    private static CpuLevel intel(String model) {
        return level(model, model, Vendor.INTEL);
    }

    private static CpuLevel amd(String model) {
        return level(model, model + NOT_NESTED, Vendor.AMD);
    }

    private static CpuLevel level(String name, String description, Vendor vendor) {
        return new CpuLevel(
                name, description, vendor, CpuModelTable.featuresOf(description).orElseThrow());
    }

    /** All levels; those of the ABI first, then older ones of a vendor before newer ones. */
    public static List<CpuLevel> levels() {
        return LEVELS;
    }

    /** The level of this name, in any case of letters. */
    public static Optional<CpuLevel> find(String name) {
        return LEVELS.stream()
                .filter(level -> level.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /**
     * What a host lacks for a CPU so described, by QEMU's names of features; empty when that is not known.
     *
     * @param description as {@link CpuModelTable#featuresOf} reads it
     */
    public static Optional<List<String>> missing(GuestMachines host, String description) {
        Optional<NavigableSet<String>> wanted = CpuModelTable.featuresOf(description);
        if (wanted.isEmpty() || host.cpuFeatures().isEmpty()) {
            return host.missing(description);
        }
        NavigableSet<String> missing = new TreeSet<>(wanted.get());
        host.cpuFeatures().forEach(missing::remove);
        return Optional.of(List.copyOf(missing));
    }

    /**
     * Why a host cannot give guests this level: the features it lacks, or that its CPU is of another vendor, or that it has not told. Empty when it
     * can.
     *
     * @param accelerator what runs guests there
     */
    public static List<String> shortfall(Accelerator accelerator, GuestMachines host, CpuLevel level) {
        if (!vendorFits(accelerator, host, level)) {
            return List.of("a CPU of the vendor of " + level.name());
        }
        return missing(host, level.description()).orElse(List.of("word of its CPU features (update its agent)"));
    }

    /** The same of a host that has told what it is. */
    public static List<String> shortfall(HostFacts host, CpuLevel level) {
        return shortfall(host.accelerator(), host.guestMachines(), level);
    }

    /** Where the CPU is emulated the vendor's name is, too. */
    private static boolean vendorFits(Accelerator accelerator, GuestMachines host, CpuLevel level) {
        return accelerator != Accelerator.KVM || level.vendor().fits(host.cpuVendor());
    }

    /** The level with most features that all of these hosts can give; of equal ones that of the ABI. Empty when there is none. */
    public static Optional<CpuLevel> best(Collection<HostFacts> hosts) {
        return LEVELS.reversed().stream()
                .filter(level ->
                        hosts.stream().allMatch(host -> shortfall(host, level).isEmpty()))
                // Of equal ones the last wins: that which stands first among the levels.
                .reduce((one, other) -> Comparator.<CpuLevel>comparingInt(
                                                level -> level.features().size())
                                        .compare(one, other)
                                > 0
                        ? one
                        : other);
    }

    /**
     * The features that a CPU has and a level has not; empty when the level has them all.
     *
     * @param description of the CPU a guest was powered on with
     * @return empty when the CPU is not known
     */
    public static Optional<List<String>> beyond(String description, CpuLevel level) {
        return CpuModelTable.featuresOf(description).map(features -> {
            NavigableSet<String> more = new TreeSet<>(features);
            more.removeAll(level.features());
            return List.copyOf(more);
        });
    }

    /** Whether two CPUs are the same to a guest. */
    public static boolean same(String description, String other) {
        return description.equals(other)
                || CpuModelTable.featuresOf(description).isPresent()
                        && CpuModelTable.featuresOf(description).equals(CpuModelTable.featuresOf(other));
    }
}
