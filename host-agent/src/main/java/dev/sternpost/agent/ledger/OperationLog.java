package dev.sternpost.agent.ledger;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Per task the highest lease epoch seen, and the results of its commands: one file per task, since a task sends few
 * commands and forgets them together.
 */
final class OperationLog {

    /** Beyond this many the longest untouched are dropped; the server forgets tasks long before. */
    static final int TASKS_MAX = 5_000;

    private static final String KIND = "sternpost task 1";
    private static final String RESULT = "result.";

    private final Path directory;
    private final Disk disk;
    private final LinkedHashMap<String, Task> tasks = new LinkedHashMap<>(16, 0.75f, true);

    /** What is kept of one task. */
    private record Task(long epoch, Map<String, byte[]> results) {

        byte[] format(String taskId) {
            Fields fields = new Fields(KIND).put("task", taskId).put("epoch", epoch);
            results.forEach((command, result) ->
                    fields.put(RESULT + encode(command), Base64.getEncoder().encodeToString(result)));
            return fields.format();
        }
    }

    OperationLog(Path directory, Disk disk, LedgerFiles files) throws IOException {
        this.directory = directory;
        this.disk = disk;
        disk.makeDirectory(directory);
        for (Path file : files.list(directory, ".task")) {
            files.read(file, this::load);
        }
    }

    private String load(byte[] content) throws IOException {
        Fields fields = Fields.parse(KIND, content);
        Map<String, byte[]> results = new HashMap<>();
        for (String key : fields.keys()) {
            if (key.startsWith(RESULT)) {
                results.put(
                        decode(key.substring(RESULT.length())),
                        Base64.getDecoder().decode(fields.text(key)));
            }
        }
        tasks.put(fields.text("task"), new Task(fields.number("epoch"), results));
        return fields.text("task");
    }

    void acceptEpoch(String taskId, long epoch) throws IOException {
        Task known = tasks.get(taskId);
        if (known == null || epoch > known.epoch()) {
            store(taskId, new Task(epoch, known == null ? Map.of() : known.results()));
        } else if (epoch < known.epoch()) {
            throw new FaultException(
                    FaultCode.STALE_EPOCH,
                    "task " + taskId + " is driven under lease epoch " + known.epoch() + " now, not " + epoch
                            + "; the sender has lost the task and must leave it alone");
        }
    }

    Optional<byte[]> result(OperationKey key) {
        Task task = tasks.get(key.taskId());
        return task == null
                ? Optional.empty()
                : Optional.ofNullable(task.results().get(key.commandId()));
    }

    void storeResult(OperationKey key, byte[] result) throws IOException {
        Task known = tasks.get(key.taskId());
        Map<String, byte[]> results = new HashMap<>(known == null ? Map.of() : known.results());
        results.put(key.commandId(), result);
        store(key.taskId(), new Task(known == null ? 0 : known.epoch(), results));
    }

    void forget(String taskId) throws IOException {
        if (tasks.remove(taskId) != null) {
            disk.delete(file(taskId));
        }
    }

    private void store(String taskId, Task task) throws IOException {
        disk.write(file(taskId), task.format(taskId));
        tasks.put(taskId, task);
        if (tasks.size() > TASKS_MAX) {
            forget(tasks.firstEntry().getKey());
        }
    }

    private Path file(String taskId) {
        return directory.resolve(encode(taskId) + ".task");
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String text) {
        return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
