package dev.sternpost.sso.access;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.Role;
import dev.sternpost.sso.Session;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The first form: what an account's role holds, the same on every object. */
public final class RoleAccessPolicy implements AccessPolicy {
    @Override
    public void check(Session session, Privilege privilege, @Nullable String object) {
        if (!privileges(session.role()).contains(privilege)) {
            throw new FaultException(new Fault(
                    FaultCode.PERMISSION_DENIED,
                    "User %s lacks the privilege %s. Ask an administrator for it."
                            .formatted(session.userName(), privilege.fieldName()),
                    "",
                    object));
        }
    }

    private static Set<Privilege> privileges(Role role) {
        return switch (role) {
            case ADMINISTRATOR -> EnumSet.allOf(Privilege.class);
        };
    }
}
