package dev.sternpost.server.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.InMemoryIdentityStore;
import dev.sternpost.testkit.VirtualClock;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCertificatesTest {
    private static final HostId HOST = new HostId("host-12");

    private final VirtualClock clock = new VirtualClock();
    private final InMemoryIdentityStore store = new InMemoryIdentityStore();
    private CertificateAuthority authority;
    private HostCertificates certificates;

    @BeforeEach
    void open(@TempDir Path directory) {
        authority = CertificateAuthority.open(directory, clock);
        certificates = new HostCertificates(
                authority,
                new ServerCertificate(authority, directory, List.of("localhost", "127.0.0.1"), clock),
                store,
                clock);
    }

    private static KeyPair keys(String algorithm, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    /** A request for some addresses, signed by a key that may not be the one in it. */
    private static String request(KeyPair keys, KeyPair signer, String algorithm, String... addresses)
            throws Exception {
        var builder = new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=host-99"), keys.getPublic());
        if (addresses.length > 0) {
            GeneralName[] names = new GeneralName[addresses.length];
            for (int i = 0; i < addresses.length; i++) {
                names[i] = new GeneralName(GeneralName.iPAddress, addresses[i]);
            }
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
        }
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(builder.build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate())));
        }
        return text.toString();
    }

    private static String request(String... addresses) throws Exception {
        KeyPair keys = keys("EC", 256);
        return request(keys, keys, "SHA256withECDSA", addresses);
    }

    private X509Certificate issue(String... addresses) throws Exception {
        return certificates.issue(HOST, SigningRequest.parse(request(addresses)));
    }

    private static FaultCode refusal(String pem) {
        return catchThrowableOfType(FaultException.class, () -> SigningRequest.parse(pem))
                .code();
    }

    @Test
    void a_certificate_names_the_host_it_was_issued_to_and_not_the_one_in_the_request() throws Exception {
        X509Certificate certificate = issue("127.0.1.2");

        assertThat(certificates.authenticate(certificate)).isEqualTo(HOST);
        assertThat(certificate.getSubjectX500Principal().getName()).contains("CN=host-12");
        assertThat(certificate.getSubjectAlternativeNames().toString())
                .contains("sternpost://host/host-12", "127.0.1.2");
        assertThat(certificate.getBasicConstraints()).as("not an authority").isEqualTo(-1);
        certificate.verify(authority.certificate().getPublicKey());
    }

    @Test
    void nobody_gets_a_certificate_for_the_address_of_the_server() {
        assertThatThrownBy(() -> issue("127.0.0.1"))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("REQUEST_INVALID");
    }

    @Test
    void a_request_signed_with_another_key_is_refused() throws Exception {
        assertThat(refusal(request(keys("EC", 256), keys("EC", 256), "SHA256withECDSA")))
                .isEqualTo(FaultCode.REQUEST_INVALID);
    }

    @Test
    void a_weak_key_is_refused() throws Exception {
        KeyPair weak = keys("RSA", 2048);

        assertThat(refusal(request(weak, weak, "SHA256withRSA"))).isEqualTo(FaultCode.REQUEST_INVALID);
    }

    @Test
    void what_is_no_request_is_refused() throws Exception {
        for (String text : List.of(
                "",
                "nonsense",
                "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
                authority.certificatePem(),
                "x".repeat(1_000_000))) {
            assertThat(refusal(text)).isEqualTo(FaultCode.REQUEST_INVALID);
        }
    }

    @Test
    void a_request_for_too_many_addresses_is_refused() throws Exception {
        String[] many = new String[9];
        for (int i = 0; i < many.length; i++) {
            many[i] = "127.0.1." + (i + 1);
        }

        assertThat(refusal(request(many))).isEqualTo(FaultCode.REQUEST_INVALID);
    }

    @Test
    void a_certificate_that_is_not_on_record_is_refused() throws Exception {
        X509Certificate unrecorded =
                TestCertificates.forHost(authority, HOST, keys("EC", 256).getPublic());

        assertThat(catchThrowableOfType(FaultException.class, () -> certificates.authenticate(unrecorded))
                        .code())
                .isEqualTo(FaultCode.CERTIFICATE_REFUSED);
    }

    @Test
    void the_certificate_of_the_server_is_not_a_hosts() {
        assertThatThrownBy(() -> certificates.authenticate(authority.certificate()))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("names no host");
    }

    @Test
    void a_renewal_leaves_the_certificate_in_use_good_and_withdraws_older_ones() throws Exception {
        X509Certificate oldest = issue();
        X509Certificate current = issue();

        X509Certificate next = Pem.certificate(certificates.renew(HOST, current, request()));

        assertThat(certificates.authenticate(next)).isEqualTo(HOST);
        assertThat(certificates.authenticate(current)).isEqualTo(HOST);
        assertThatThrownBy(() -> certificates.authenticate(oldest)).hasMessageContaining("withdrawn");
    }

    @Test
    void records_are_forgotten_when_their_certificates_have_ended() throws Exception {
        X509Certificate certificate = issue();
        assertThat(certificates.sweep()).isZero();

        clock.advance(Duration.ofDays(366));

        assertThat(certificates.sweep()).isEqualTo(1);
        assertThatThrownBy(() -> certificates.authenticate(certificate)).hasMessageContaining("not on record");
    }
}
