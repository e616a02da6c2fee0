package dev.sternpost.server.work;

import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.task.LogKind;
import dev.sternpost.task.LogRecord;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.TaskState;
import java.util.List;
import java.util.Optional;

/** Tells by an event, in the transaction of the record, that a task has failed or is stuck. */
public final class TaskEvents {
    private final Inventory inventory;

    public TaskEvents(Inventory inventory, TaskBoard board) {
        this.inventory = inventory;
        board.takePart(this::storing);
    }

    private void storing(Task task, List<LogRecord> records) {
        for (LogRecord record : records) {
            if (record.kind() == LogKind.STUCK) {
                tell(
                        task,
                        EventType.TASK_STUCK,
                        "%s of %s is stuck at %s: %s Mend that and resume it."
                                .formatted(
                                        task.draft().kind(),
                                        task.draft().subjectName(),
                                        record.step(),
                                        record.detail()));
            }
            if (record.kind() == LogKind.ENDED && task.state() == TaskState.FAILED) {
                TaskFault fault = task.summary().fault();
                tell(
                        task,
                        EventType.TASK_FAILED,
                        "%s of %s failed: %s"
                                .formatted(
                                        task.draft().kind(),
                                        task.draft().subjectName(),
                                        fault == null ? "" : fault.message()));
            }
        }
    }

    private void tell(Task task, EventType type, String message) {
        String subject = task.draft().subjectId();
        inventory.commit(snapshot -> {
            Optional<ManagedObject> object = ManagedObjectId.tryParse(subject).flatMap(snapshot::find);
            EventDraft event = object.map(known -> EventDraft.about(known, type, message))
                    .orElseGet(() -> EventDraft.of(type, message));
            return InventoryWrite.builder()
                    .event(event.byUser(task.draft().userName())
                            .byTask(task.id().toString()))
                    .build();
        });
    }
}
