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
import java.util.Set;
import java.util.TreeMap;

/**
 * Watches that no virtual machine runs twice, by what the kernel says and nobody else: a QEMU that may write to a disk image holds a lock on
 * byte 101 of it (its "write" permission), so two such locks on one image are two writers. Ends when the file is there that
 * it was told, and prints what it saw as one JSON object.
 *
 * <p>java TwiceWatch.java DATASTORE FILE-THAT-ENDS-IT VM-DIRECTORY...
 */
public final class TwiceWatch {
    private static final long WRITE_PERMISSION_BYTE = 101;
    private static final long SAMPLE_MILLIS = 10;

    private TwiceWatch() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path datastore = Path.of(arguments[0]);
        Map<String, String> imageOf = new HashMap<>();
        for (int i = 2; i < arguments.length; i++) {
            try (DirectoryStream<Path> images = Files.newDirectoryStream(datastore.resolve(arguments[i]), "*.qcow2")) {
                for (Path image : images) {
                    imageOf.put(String.valueOf(Files.getAttribute(image, "unix:ino")), arguments[i]);
                }
            }
        }
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
            Thread.sleep(SAMPLE_MILLIS);
        }
        StringBuilder seen = new StringBuilder();
        most.forEach((vm, count) ->
                seen.append(seen.isEmpty() ? "" : ", ").append('"').append(vm).append("\": ").append(count));
        System.out.printf(
                "{\"samples\": %d, \"images\": %d, \"writersMax\": {%s}, \"twice\": [%s]}%n",
                samples,
                imageOf.size(),
                seen,
                twice.isEmpty() ? "" : "\"" + String.join("\", \"", twice) + "\"");
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
