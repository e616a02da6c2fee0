package dev.sternpost.server.certificate;

import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.enrolment.EnrolmentTokens;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts certificates and enrolment together. */
@Configuration(proxyBeanMethods = false)
public class CertificateConfiguration {
    @Bean
    CertificateAuthority certificateAuthority(CertificateFiles files, InstantSource time) {
        return CertificateAuthority.open(files.directory(), time);
    }

    @Bean
    ServerCertificate serverCertificate(CertificateAuthority authority, CertificateFiles files, InstantSource time) {
        return new ServerCertificate(authority, files.directory(), files.serverNames(), time);
    }

    @Bean
    HostCertificates hostCertificates(
            CertificateAuthority authority, ServerCertificate server, IdentityStore store, InstantSource time) {
        return new HostCertificates(authority, server, store, time);
    }

    @Bean
    Enrolment enrolment(
            EnrolmentTokens tokens,
            HostCertificates certificates,
            CertificateAuthority authority,
            Inventory inventory,
            Transactions transactions) {
        return new Enrolment(tokens, certificates, authority, inventory, transactions);
    }
}
