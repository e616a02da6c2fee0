package dev.sternpost.db;

import dev.sternpost.db.embedded.PgSettings;
import dev.sternpost.inventory.availability.ToldVersionStore;
import dev.sternpost.inventory.demand.DemandStore;
import dev.sternpost.inventory.pass.PassStore;
import dev.sternpost.inventory.power.PowerStore;
import dev.sternpost.inventory.store.InventoryStore;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.task.TaskStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * What the server imports: the ports as beans, and {@link Database} for health checks.
 *
 * <p>Properties: {@code sternpost.db.url}, {@code .user} and {@code .password} (or {@code .password-file}) name an
 * external PostgreSQL. Without a URL the embedded one is used: {@code sternpost.db.embedded.dir} (where its data are),
 * {@code .port}, {@code .account} (whom it runs as when the server is root) and {@code .installation} (binaries of the
 * machine instead of those that come with the product).
 */
@Configuration(proxyBeanMethods = false)
public class DbConfiguration {
    private static final int PORT_DEFAULT = 7445;

    @Bean(destroyMethod = "close")
    Database database(Environment environment) {
        return Database.open(settings(environment));
    }

    @Bean
    Transactions transactions(Database database) {
        return database.transactions();
    }

    @Bean
    InventoryStore inventoryStore(Database database) {
        return database.inventoryStore();
    }

    @Bean
    DemandStore demandStore(Database database) {
        return database.demandStore();
    }

    @Bean
    PassStore passStore(Database database) {
        return database.passStore();
    }

    @Bean
    PowerStore powerStore(Database database) {
        return database.powerStore();
    }

    @Bean
    ToldVersionStore toldVersionStore(Database database) {
        return database.toldVersionStore();
    }

    @Bean
    TaskStore taskStore(Database database) {
        return database.taskStore();
    }

    @Bean
    IdentityStore identityStore(Database database) {
        return database.identityStore();
    }

    static DbSettings settings(Environment environment) {
        String url = environment.getProperty("sternpost.db.url", "");
        if (!url.isBlank()) {
            return new DbSettings.External(
                    url, environment.getProperty("sternpost.db.user", "sternpost"), password(environment));
        }
        String directory = environment.getProperty("sternpost.db.embedded.dir", "");
        if (directory.isBlank()) {
            throw new IllegalStateException("No database is named. Set sternpost.db.embedded.dir to a directory for the"
                    + " embedded one, or sternpost.db.url to the JDBC URL of another one.");
        }
        return new DbSettings.Embedded(new PgSettings(
                Path.of(directory),
                environment.getProperty("sternpost.db.embedded.port", Integer.class, PORT_DEFAULT),
                optional(environment, "sternpost.db.embedded.account"),
                optional(environment, "sternpost.db.embedded.installation").map(Path::of)));
    }

    private static String password(Environment environment) {
        String file = environment.getProperty("sternpost.db.password-file", "");
        if (file.isBlank()) {
            return environment.getProperty("sternpost.db.password", "");
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The password of the database cannot be read from " + file + ". Check sternpost.db.password-file.",
                    e);
        }
    }

    private static Optional<String> optional(Environment environment, String name) {
        @Nullable String value = environment.getProperty(name);
        return Optional.ofNullable(value).filter(text -> !text.isBlank());
    }
}
