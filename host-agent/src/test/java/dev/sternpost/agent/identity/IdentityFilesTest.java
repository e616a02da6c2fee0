package dev.sternpost.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityFilesTest {

    private final TestAuthority authority = new TestAuthority();

    @TempDir
    Path directory;

    @Test
    void a_host_that_has_not_enrolled_has_no_identity() {
        assertThat(new IdentityFiles(directory.resolve("identity")).load()).isEmpty();
    }

    @Test
    void what_is_stored_is_loaded_and_the_key_is_readable_by_the_owner_alone() throws IOException {
        IdentityFiles files = new IdentityFiles(directory.resolve("identity"));
        HostIdentity identity = authority.host("host-7", "127.0.0.1:7444");

        files.store(identity);

        assertThat(files.load()).contains(identity);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("identity/host.pem"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("identity"))))
                .isEqualTo("rwx------");
    }

    @Test
    void a_renewal_replaces_key_and_certificate_together() {
        IdentityFiles files = new IdentityFiles(directory);
        HostIdentity first = authority.host("host-7", "127.0.0.1:7444");
        files.store(first);
        HostKey key = HostKey.generate();

        HostIdentity renewed =
                first.renewed(key, authority.certify(key.signingRequestPem(), "host-7", Duration.ofDays(30)));
        files.store(renewed);

        assertThat(files.load()).contains(renewed);
        assertThat(renewed.certificate()).isNotEqualTo(first.certificate());
    }

    @Test
    void a_crash_while_storing_the_first_identity_leaves_the_host_unenrolled() throws IOException {
        IdentityFiles files = new IdentityFiles(directory);
        files.store(authority.host("host-7"));
        Files.delete(directory.resolve("host.pem")); // it is written last

        assertThat(files.load()).isEmpty();
    }

    @Test
    void damaged_files_are_told_with_what_to_do() throws IOException {
        IdentityFiles files = new IdentityFiles(directory);
        files.store(authority.host("host-7"));
        Files.writeString(directory.resolve("host.pem"), "rubbish");

        assertThatThrownBy(files::load).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.CERTIFICATE_REFUSED);
            assertThat(fault.getMessage()).contains("enrol again");
        });
    }

    @Test
    void a_certificate_for_another_host_another_key_or_of_another_authority_is_refused() {
        HostKey key = HostKey.generate();
        String certificate = authority.certify(key.signingRequestPem(), "host-7", Duration.ofDays(1));

        assertRefused(() -> HostIdentity.issued(key, "host-8", "h", "a:1", certificate, authority.pem()), "host-7");
        assertRefused(
                () -> HostIdentity.issued(HostKey.generate(), "host-7", "h", "a:1", certificate, authority.pem()),
                "another key");
        assertRefused(
                () -> HostIdentity.issued(key, "host-7", "h", "a:1", certificate, new TestAuthority().pem()),
                "not signed");
    }

    @Test
    void renewal_is_due_after_two_thirds_of_the_certificates_life() {
        HostIdentity identity = authority.host("host-7", "a:1", Duration.ofDays(30));

        assertThat(identity.renewAt())
                .isBetween(
                        Instant.now().plus(Duration.ofDays(20)).minusSeconds(60),
                        Instant.now().plus(Duration.ofDays(20)).plusSeconds(60));
    }

    private static void assertRefused(Runnable work, String why) {
        assertThatThrownBy(work::run).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.CERTIFICATE_REFUSED);
            assertThat(fault.getMessage()).contains(why);
        });
    }
}
