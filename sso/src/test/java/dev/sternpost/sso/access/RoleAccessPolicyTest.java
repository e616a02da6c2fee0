package dev.sternpost.sso.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sternpost.sso.Role;
import dev.sternpost.sso.SecretHash;
import dev.sternpost.sso.Session;
import dev.sternpost.sso.SessionId;
import dev.sternpost.sso.UserName;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RoleAccessPolicyTest {
    @Test
    void an_administrator_may_do_everything() {
        Session session = new Session(
                new SessionId("session-00000000000000aa"),
                SecretHash.of("token"),
                UserName.ADMINISTRATOR,
                Role.ADMINISTRATOR,
                Instant.EPOCH,
                Instant.EPOCH);
        for (Privilege privilege : Privilege.values()) {
            assertThatCode(() -> new RoleAccessPolicy().check(session, privilege, null))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void privileges_have_names_of_their_own_in_the_form_the_field_uses() {
        assertThat(Arrays.stream(Privilege.values()).map(Privilege::fieldName))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[A-Z][A-Za-z]+(\\.[A-Z][A-Za-z]+){1,2}"));
    }
}
