package dev.sternpost.db;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.sql.SQLException;

/** Says why a database cannot be used, by the SQL state that PostgreSQL and its driver give. */
final class ConnectionFaults {
    private static final int CAUSES_MAX = 20;

    private ConnectionFaults() {}

    /** The fault that an administrator can act on, or the failure itself when it is none of those. */
    static RuntimeException clearer(RuntimeException failure) {
        Throwable cause = failure;
        for (int i = 0; i < CAUSES_MAX && cause != null; i++) {
            if (cause instanceof SQLException e && e.getSQLState() != null) {
                String message = messageOf(e.getSQLState());
                return message.isEmpty()
                        ? failure
                        : new FaultException(
                                Fault.of(FaultCode.DATABASE_UNREACHABLE, message)
                                        .withContext(String.valueOf(e.getMessage())),
                                failure);
            }
            cause = cause.getCause();
        }
        return failure;
    }

    private static String messageOf(String state) {
        if (state.startsWith("08")) {
            return "The database does not answer. Check that PostgreSQL runs where sternpost.db.url says.";
        }
        if (state.startsWith("28")) {
            return "The database refuses the login. Check sternpost.db.user and its password.";
        }
        if (state.startsWith("3D")) {
            return "PostgreSQL answers, but has no such database. Create the one that sternpost.db.url names.";
        }
        return "";
    }
}
