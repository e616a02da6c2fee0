package dev.sternpost.sso.access;

import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.Session;
import org.jspecify.annotations.Nullable;

/** Decides whether a caller may do something. What is not allowed is denied. */
public interface AccessPolicy {
    /**
     * Returns when it is allowed.
     *
     * @param object id of the object it is about; null for the installation as a whole
     * @throws FaultException PERMISSION_DENIED, naming the privilege that is missing
     */
    void check(Session session, Privilege privilege, @Nullable String object);
}
