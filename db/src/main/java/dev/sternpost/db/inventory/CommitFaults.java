package dev.sternpost.db.inventory;

import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * Says which rule a refused statement broke. {@code WriteCheck} has looked before, with better messages; these are met
 * when someone wrote to the database from elsewhere in between.
 */
final class CommitFaults {
    private CommitFaults() {}

    static FaultException changed(ManagedObjectId id, long expectedVersion) {
        return new FaultException(
                FaultCode.VERSION_CONFLICT,
                id.value(),
                "%s does not have version %d any more. Read it again and repeat.".formatted(id, expectedVersion));
    }

    /** The fault for a violated constraint; the exception itself when no constraint of ours was. */
    static RuntimeException of(DataIntegrityViolationException e, boolean removing) {
        return switch (constraint(e)) {
            case "managed_object_pkey" -> fault(FaultCode.VERSION_CONFLICT, "It exists already. Read it again.", e);
            case "managed_object_name_unique" ->
                fault(FaultCode.NAME_TAKEN, "Another object there has that name. Choose another name or place.", e);
            case "managed_object_uuid_unique" ->
                fault(FaultCode.VM_ALREADY_REGISTERED, "It is in the inventory already. Use that one.", e);
            case "managed_object_parent_fkey" ->
                removing
                        ? fault(FaultCode.OBJECT_NOT_EMPTY, "It has objects in it. Move or remove them first.", e)
                        : fault(FaultCode.OBJECT_NOT_FOUND, "Its parent does not exist. List the inventory again.", e);
            default -> e;
        };
    }

    private static FaultException fault(FaultCode code, String message, DataIntegrityViolationException e) {
        return new FaultException(
                Fault.of(code, message)
                        .withContext(String.valueOf(e.getMostSpecificCause().getMessage())),
                e);
    }

    private static String constraint(Throwable e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException sql) {
                ServerErrorMessage message = sql.getServerErrorMessage();
                String name = message == null ? null : message.getConstraint();
                return name == null ? "" : name;
            }
        }
        return "";
    }
}
