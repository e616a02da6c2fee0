import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Watches that no virtual machine runs twice, by what the kernel says and nobody else. Two signs, neither of which needs the other: a QEMU that
 * may write to a disk image holds a lock on byte 101 of it (its "write" permission), so two such locks on one image are two writers; and
 * a guest that runs uses its virtual CPUs' threads, so two QEMUs of one virtual machine whose threads both used a processor in two
 * looks on end are two guests (one look may hold the end of one and the beginning of the other, as in a live migration). Ends when the file
 * is there that it was told, and prints what it saw as one JSON object.
 *
 * <p>java TwiceWatch.java DATASTORE FILE-THAT-ENDS-IT VM-ID=VM-DIRECTORY...
 */
public final class TwiceWatch {
    private static final long WRITE_PERMISSION_BYTE = 101;
    private static final long SAMPLE_MILLIS = 10;
    private static final int SAMPLES_PER_LOOK_AT_GUESTS = 10;

    private TwiceWatch() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path datastore = Path.of(arguments[0]);
        Map<String, String> imageOf = new HashMap<>();
        Set<String> vms = new HashSet<>();
        for (int i = 2; i < arguments.length; i++) {
            String vm = arguments[i].substring(0, arguments[i].indexOf('='));
            String directory = arguments[i].substring(vm.length() + 1);
            vms.add(vm);
            try (DirectoryStream<Path> images = Files.newDirectoryStream(datastore.resolve(directory), "*.qcow2")) {
                for (Path image : images) {
                    imageOf.put(String.valueOf(Files.getAttribute(image, "unix:ino")), vm);
                }
            }
        }
        Guests guests = new Guests(vms);
        List<String> twice = new ArrayList<>();
        Map<String, Integer> most = new TreeMap<>();
        Set<String> inside = new HashSet<>();
        long samples = 0;
        Path end = Path.of(arguments[1]);
        while (!Files.exists(end) && !isOrphan()) {
            Map<String, Integer> writers = writers(imageOf);
            samples++;
            writers.forEach((vm, count) -> {
                most.merge(vm, count, Math::max);
                if (count > 1 && inside.add(vm)) {
                    twice.add(vm + " has " + count + " writers at " + System.currentTimeMillis());
                }
            });
            inside.removeIf(vm -> writers.getOrDefault(vm, 0) < 2);
            if (samples % SAMPLES_PER_LOOK_AT_GUESTS == 0) {
                guests.look(twice);
            }
            Thread.sleep(SAMPLE_MILLIS);
        }
        StringBuilder seen = new StringBuilder();
        most.forEach((vm, count) ->
                seen.append(seen.isEmpty() ? "" : ", ").append('"').append(vm).append("\": ").append(count));
        System.out.printf(
                "{\"samples\": %d, \"guestLooks\": %d, \"images\": %d, \"writersMax\": {%s}, \"twice\": [%s]}%n",
                samples,
                guests.looks,
                imageOf.size(),
                seen,
                twice.isEmpty() ? "" : "\"" + String.join("\", \"", twice) + "\"");
    }

    /** Which QEMUs use their virtual CPUs. */
    private static final class Guests {
        private final Set<String> vms;
        private Map<Long, Long> usedBefore = new HashMap<>();
        private Map<String, Integer> busyBefore = new HashMap<>();
        private long looks;

        Guests(Set<String> vms) {
            this.vms = vms;
        }

        void look(List<String> twice) throws IOException {
            Map<Long, Long> used = new HashMap<>();
            Map<String, Integer> busy = new HashMap<>();
            try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                for (Path process : processes) {
                    vmOf(process).ifPresent(vm -> {
                        long pid = Long.parseLong(process.getFileName().toString());
                        long nanos = usedByGuest(process);
                        used.put(pid, nanos);
                        if (usedBefore.containsKey(pid) && nanos > usedBefore.get(pid)) {
                            busy.merge(vm, 1, Integer::sum);
                        }
                    });
                }
            }
            busy.forEach((vm, count) -> {
                if (count > 1 && busyBefore.getOrDefault(vm, 0) > 1) {
                    twice.add(vm + " has " + count + " guests that run at " + System.currentTimeMillis());
                }
            });
            usedBefore = used;
            busyBefore = busy;
            looks++;
        }

        private Optional<String> vmOf(Path process) {
            try {
                String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
                if (!line.startsWith("qemu") && !line.contains("/qemu-system")) {
                    return Optional.empty();
                }
                return vms.stream()
                        .filter(vm -> line.matches("(?s).*guest=" + vm + "(?!\\d).*"))
                        .findFirst();
            } catch (IOException e) {
                return Optional.empty(); // It has ended.
            }
        }

        /** Nanoseconds that the threads of its virtual CPUs, named "CPU 0/TCG" or "CPU 0/KVM", have had. */
        private static long usedByGuest(Path process) {
            long nanos = 0;
            try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
                for (Path thread : threads) {
                    if (Files.readString(thread.resolve("comm")).startsWith("CPU ")) {
                        nanos += Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[0]);
                    }
                }
            } catch (IOException e) {
                return 0; // It ends just now.
            }
            return nanos;
        }
    }

    /** The parent has gone. */
    private static boolean isOrphan() {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(1L) == 1L;
    }

    /** Lines such as "12: OFDLCK ADVISORY READ -1 fe:00:1234 100 101". */
    private static Map<String, Integer> writers(Map<String, String> imageOf) throws IOException {
        Map<String, Integer> writers = new HashMap<>();
        String locks = new String(Files.readAllBytes(Path.of("/proc/locks")), StandardCharsets.US_ASCII);
        for (String line : locks.split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (words.length < 8 || words[1].equals("->")) {
                continue;
            }
            String vm = imageOf.get(words[5].substring(words[5].lastIndexOf(':') + 1));
            long from = Long.parseLong(words[6]);
            boolean holds = vm != null
                    && from <= WRITE_PERMISSION_BYTE
                    && (words[7].equals("EOF") || Long.parseLong(words[7]) >= WRITE_PERMISSION_BYTE);
            if (holds) {
                writers.merge(vm, 1, Integer::sum);
            }
        }
        return writers;
    }
}
