package dev.sternpost.server.maintenance;

import dev.sternpost.task.TaskFault;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What {@link Evacuations} found out for the tasks that wait for it. */
final class EvacuationLedger {
    private final Map<String, TaskFault> troubles = new ConcurrentHashMap<>();
    private final Set<String> restored = ConcurrentHashMap.newKeySet();

    /** What stands in the way of a task for good; empty while there is hope. */
    Optional<TaskFault> trouble(String taskId) {
        return Optional.ofNullable(troubles.get(taskId));
    }

    /** Whether nothing is left that a task could bring back. */
    boolean isRestored(String taskId) {
        return restored.contains(taskId);
    }

    void giveUp(String taskId, TaskFault trouble) {
        troubles.put(taskId, trouble);
    }

    void restored(String taskId) {
        restored.add(taskId);
    }

    void keepOnly(Collection<String> taskIds) {
        troubles.keySet().retainAll(taskIds);
        restored.retainAll(taskIds);
    }
}
