package dev.sternpost.bench;

import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs ganeti's balancer on a cluster written as its text file. */
final class Hbal {
    private static final String COMMAND = "hbal";
    private static final int MIB_SHIFT = 20;
    private static final int DISK_MIB = 1 << 20;
    private static final int PRIMARY_NODE = 6;

    private Hbal() {}

    /**
     * What it came to.
     *
     * @param placement where VMs are when its moves have been made
     * @param seconds how long it took
     */
    record Outcome(Map<VirtualMachineId, HostId> placement, double seconds) {}

    static boolean present() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, COMMAND)));
    }

    /** Empty when it is not there, fails or takes longer than allowed. */
    static Optional<Outcome> balance(DrsSnapshot snapshot, int moves, int secondsMax) {
        try {
            Path folder = Files.createTempDirectory("sternpost-hbal");
            try {
                return balance(folder, snapshot, moves, secondsMax);
            } finally {
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static Optional<Outcome> balance(Path folder, DrsSnapshot snapshot, int moves, int secondsMax)
            throws IOException, InterruptedException {
        Path cluster = folder.resolve("cluster");
        Files.writeString(cluster, text(snapshot));
        Files.writeString(folder.resolve("load"), load(snapshot));
        long since = System.nanoTime();
        Process process = new ProcessBuilder(List.of(
                        COMMAND,
                        "-t",
                        cluster.toString(),
                        "-U",
                        folder.resolve("load").toString(),
                        "-l",
                        String.valueOf(moves),
                        "-S",
                        folder.resolve("after").toString(),
                        "-q"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return Optional.empty();
        }
        double seconds = (System.nanoTime() - since) / 1e9;
        Path after = folder.resolve("after.balanced");
        return process.exitValue() == 0 && Files.exists(after)
                ? Optional.of(new Outcome(read(Files.readAllLines(after)), seconds))
                : Optional.empty();
    }

    /** Sections of lines of fields: groups, nodes, instances, tags, policies. */
    private static String text(DrsSnapshot snapshot) {
        Map<HostId, Long> free = new HashMap<>();
        snapshot.hosts().forEach(host -> free.put(host.id(), host.memoryBytes() >> MIB_SHIFT));
        snapshot.vms().forEach(vm -> {
            if (vm.hostId() != null) {
                free.merge(vm.hostId(), -(vm.memoryBytes() >> MIB_SHIFT), Long::sum);
            }
        });
        StringBuilder text = new StringBuilder("group-01|fake-uuid-01|preferred||\n\n");
        boolean first = true;
        for (DrsHost host : snapshot.hosts()) {
            text.append(host.id())
                    .append('|')
                    .append(host.memoryBytes() >> MIB_SHIFT)
                    .append("|0|");
            text.append(free.get(host.id()))
                    .append('|')
                    .append(DISK_MIB)
                    .append('|')
                    .append(DISK_MIB)
                    .append('|');
            text.append(host.cpuCount()).append('|').append(first ? 'M' : 'N').append("|fake-uuid-01|1||N|0|1|1.0\n");
            first = false;
        }
        text.append('\n');
        for (DrsVm vm : snapshot.vms()) {
            text.append(vm.id())
                    .append('|')
                    .append(vm.memoryBytes() >> MIB_SHIFT)
                    .append("|1024|");
            text.append(vm.cpuCount()).append("|running|Y|").append(vm.hostId()).append("||ext||1|1|N\n");
        }
        String policy = "|1,1,1,1,1,1|1,1,1,1,1,1;9999999,999,9999999,16,8,12|diskless,ext|99.0|32.0\n";
        return text.append("\n\n")
                .append(policy)
                .append("group-01")
                .append(policy)
                .toString();
    }

    private static String load(DrsSnapshot snapshot) {
        StringBuilder load = new StringBuilder();
        for (DrsVm vm : snapshot.vms()) {
            if (vm.hostId() != null) {
                DrsHost host = snapshot.host(vm.hostId());
                load.append(String.format(
                        Locale.ROOT,
                        "%s %.8f %.8f 0 0%n",
                        vm.id(),
                        vm.demand().cpuMhz() / host.cpuMhz(),
                        vm.demand().memoryBytes() / host.memoryBytes()));
            }
        }
        return load.toString();
    }

    private static Map<VirtualMachineId, HostId> read(List<String> lines) {
        Map<VirtualMachineId, HostId> placement = new HashMap<>();
        for (String line : lines) {
            String[] fields = line.split("\\|", -1);
            if (line.startsWith("vm-") && fields.length > PRIMARY_NODE) {
                placement.put(new VirtualMachineId(fields[0]), new HostId(fields[PRIMARY_NODE]));
            }
        }
        return placement;
    }
}
