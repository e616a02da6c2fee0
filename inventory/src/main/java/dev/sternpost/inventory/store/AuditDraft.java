package dev.sternpost.inventory.store;

import dev.sternpost.inventory.ManagedObjectId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who did what, to be kept with the change in the same transaction. The store adds how the subject looked before and
 * after.
 *
 * @param userName who
 * @param action what, by the name of the privilege or task kind, such as "VirtualMachine.Interact.PowerOn"
 * @param subjectId to which object; null when to none
 * @param taskId as part of which task; empty when of none
 */
public record AuditDraft(
        String userName, String action, @Nullable ManagedObjectId subjectId, String taskId) {
    public AuditDraft {
        Objects.requireNonNull(userName, "userName");
        Objects.requireNonNull(taskId, "taskId");
        if (action.isBlank()) {
            throw new IllegalArgumentException("an audit entry needs an action");
        }
    }
}
