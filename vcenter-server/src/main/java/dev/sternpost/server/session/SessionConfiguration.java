package dev.sternpost.server.session;

import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.SecretSource;
import dev.sternpost.sso.access.AccessPolicy;
import dev.sternpost.sso.access.RoleAccessPolicy;
import dev.sternpost.sso.enrolment.EnrolmentTokens;
import dev.sternpost.sso.login.Accounts;
import dev.sternpost.sso.login.Argon2idHash;
import dev.sternpost.sso.login.PasswordHash;
import dev.sternpost.sso.login.PasswordLogin;
import dev.sternpost.sso.session.SessionLimits;
import dev.sternpost.sso.session.Sessions;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts logins together. */
@Configuration(proxyBeanMethods = false)
public class SessionConfiguration {
    @Bean
    SecretSource secretSource() {
        SecureRandom random = new SecureRandom();
        return count -> {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            return bytes;
        };
    }

    @Bean
    PasswordHash passwordHash(SecretSource secrets) {
        return new Argon2idHash(secrets);
    }

    @Bean
    Accounts accounts(IdentityStore store, PasswordHash hash, InstantSource time) {
        return new Accounts(store, hash, time);
    }

    @Bean
    Sessions sessions(IdentityStore store, SecretSource secrets, InstantSource time, SessionLimits limits) {
        return new Sessions(store, secrets, time, limits);
    }

    @Bean
    EnrolmentTokens enrolmentTokens(IdentityStore store, SecretSource secrets, InstantSource time) {
        return new EnrolmentTokens(store, secrets, time);
    }

    @Bean
    AccessPolicy accessPolicy() {
        return new RoleAccessPolicy();
    }

    @Bean
    Logins logins(
            IdentityStore store,
            PasswordHash hash,
            InstantSource time,
            Sessions sessions,
            Inventory inventory,
            Transactions transactions) {
        return new Logins(store, new PasswordLogin(store, hash, time), sessions, inventory, transactions);
    }
}
