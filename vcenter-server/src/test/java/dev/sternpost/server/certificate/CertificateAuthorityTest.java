package dev.sternpost.server.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.testkit.VirtualClock;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
    @TempDir
    private Path directory;

    private final VirtualClock clock = new VirtualClock();

    private CertificateAuthority open() {
        return CertificateAuthority.open(directory, clock);
    }

    private ServerCertificate serverCertificate(CertificateAuthority authority, String... names) {
        return new ServerCertificate(authority, directory, List.of(names), clock);
    }

    @Test
    void an_authority_is_founded_once_and_found_again() throws Exception {
        CertificateAuthority first = open();
        CertificateAuthority second = open();

        assertThat(second.certificate()).isEqualTo(first.certificate());
        assertThat(second.installationId()).isEqualTo(first.installationId());
        assertThat(first.fingerprint())
                .isEqualTo(MessageDigest.getInstance("SHA-256")
                        .digest(first.certificate().getEncoded()));
    }

    @Test
    void a_key_that_was_read_while_others_were_registered_signs_when_they_are_gone() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(384);
        String pem = Pem.of(generator.generateKeyPair().getPrivate());
        // As libraries do for a moment, on threads of their own.
        Security.addProvider(new BouncyCastleProvider());
        PrivateKey key;
        try {
            key = Pem.privateKey(pem);
        } finally {
            Security.removeProvider(BouncyCastleProvider.PROVIDER_NAME);
        }
        Signature signature = Signature.getInstance("SHA384withECDSA");
        signature.initSign(key);
        signature.update((byte) 1);
        assertThat(signature.sign()).isNotEmpty();
    }

    @Test
    void an_authority_with_a_p256_key_goes_on_as_it_began() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        X500Name name = new X500Name("CN=Sternpost CA");
        var certificate = new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        Date.from(clock.instant()),
                        Date.from(clock.instant().plus(Duration.ofDays(3650))),
                        name,
                        pair.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
        Files.writeString(directory.resolve("installation-id"), "c0ffee00-0000-4000-8000-000000000001");
        Files.writeString(directory.resolve("ca.key"), Pem.of(pair.getPrivate()));
        Files.writeString(
                directory.resolve("ca.pem"), Pem.of(new JcaX509CertificateConverter().getCertificate(certificate)));

        CertificateAuthority authority = open();
        X509Certificate issued =
                serverCertificate(authority, "localhost").current().certificate();

        issued.verify(pair.getPublic());
        assertThat(issued.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(serverCertificate(authority, "localhost").current().certificate())
                .isEqualTo(issued);
    }

    @Test
    void keys_are_for_their_owner_only() throws Exception {
        serverCertificate(open(), "localhost");

        for (String key : List.of("ca.key", "server.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(key))))
                    .isEqualTo("rw-------");
        }
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("installation-id", "ca.key", "ca.pem", "server.key", "server.pem");
        }
    }

    @Test
    void a_founding_that_was_interrupted_is_begun_again() throws Exception {
        CertificateAuthority lost = open();
        Files.delete(directory.resolve("ca.pem"));

        CertificateAuthority founded = open();

        assertThat(founded.certificate()).isNotEqualTo(lost.certificate());
        assertThat(founded.installationId()).isEqualTo(lost.installationId());
    }

    @Test
    void a_lost_key_is_told_and_nothing_is_overwritten() throws Exception {
        X509Certificate certificate = open().certificate();
        Files.delete(directory.resolve("ca.key"));

        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Restore it from a backup");
        assertThat(Pem.certificate(Files.readString(directory.resolve("ca.pem"))))
                .isEqualTo(certificate);
    }

    @Test
    void a_key_of_another_authority_is_told(@TempDir Path elsewhere) throws Exception {
        open();
        CertificateAuthority.open(elsewhere, clock);
        Files.writeString(directory.resolve("ca.key"), Files.readString(elsewhere.resolve("ca.key")));

        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Restore the directory");
    }

    @Test
    void damaged_files_are_told() throws Exception {
        open();
        Files.writeString(directory.resolve("ca.key"), "not a key");

        assertThatThrownBy(this::open).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_server_keeps_its_certificate_until_it_is_time_or_its_names_change() {
        CertificateAuthority authority = open();
        KeyAndCertificate first =
                serverCertificate(authority, "localhost", "127.0.0.1").current();

        assertThat(serverCertificate(authority, "127.0.0.1", "localhost")
                        .current()
                        .certificate())
                .isEqualTo(first.certificate());

        assertThat(serverCertificate(authority, "localhost", "127.0.0.1", "vc.example.org")
                        .current()
                        .certificate())
                .isNotEqualTo(first.certificate());
    }

    @Test
    void the_server_renews_its_certificate_long_before_it_ends() {
        ServerCertificate certificate = serverCertificate(open(), "localhost");
        X509Certificate first = certificate.current().certificate();
        assertThat(certificate.renewWhenDue()).isFalse();

        clock.advance(Duration.ofDays(246));

        assertThat(certificate.renewWhenDue()).isTrue();
        assertThat(certificate.current().certificate().getNotAfter()).isAfter(first.getNotAfter());
        assertThat(certificate.renewWhenDue()).isFalse();
    }

    @Test
    void a_key_that_does_not_fit_its_certificate_is_replaced() throws Exception {
        CertificateAuthority authority = open();
        serverCertificate(authority, "localhost");
        Files.writeString(directory.resolve("server.key"), Files.readString(directory.resolve("ca.key")));

        KeyAndCertificate fresh = serverCertificate(authority, "localhost").current();

        assertThat(KeyFit.fits(fresh)).isTrue();
    }

    @Test
    void no_certificate_outlives_its_authority() {
        CertificateAuthority authority = open();
        clock.advance(Duration.ofDays(3600));

        assertThat(serverCertificate(authority, "localhost")
                        .current()
                        .certificate()
                        .getNotAfter())
                .isEqualTo(authority.certificate().getNotAfter());
    }

    @Test
    void a_key_does_not_show_in_text() {
        KeyAndCertificate pair = serverCertificate(open(), "localhost").current();

        assertThat(pair.toString()).contains("Sternpost server").doesNotContain("PRIVATE");
    }
}
