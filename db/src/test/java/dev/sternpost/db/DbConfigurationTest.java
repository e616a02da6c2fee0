package dev.sternpost.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.db.embedded.PgSettings;
import dev.sternpost.db.embedded.TestBinaries;
import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.store.InventoryStore;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.task.TaskStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.mock.env.MockEnvironment;

class DbConfigurationTest {
    @TempDir
    Path temporary;

    private AnnotationConfigApplicationContext context(Map<String, Object> properties) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        context.register(DbConfiguration.class);
        context.refresh();
        return context;
    }

    @Test
    void the_server_gets_the_ports_on_an_embedded_database_that_ends_with_it() throws Exception {
        Map<String, Object> properties = Map.of(
                "sternpost.db.embedded.dir",
                temporary.resolve("pg").toString(),
                "sternpost.db.embedded.port",
                Integer.toString(TestServer.freePort()),
                "sternpost.db.embedded.installation",
                TestBinaries.home().toString());
        context(properties).close();
        long begin = System.nanoTime();
        try (AnnotationConfigApplicationContext context = context(properties)) {
            System.out.printf(
                    "database open in a warm JVM in %d ms%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            assertThat(context.getBean(InventoryStore.class).load().objects()).containsExactly(Folder.ROOT);
            assertThat(context.getBean(TaskStore.class).currentLeases()).isEmpty();
            assertThat(context.getBean(IdentityStore.class).sessions()).isEmpty();
            assertThat(context.getBean(Transactions.class).isActive()).isFalse();
            assertThat(context.getBean(Database.class).answers()).isTrue();
            assertThat(temporary.resolve("pg/data/postmaster.pid")).exists();
        }
        assertThat(temporary.resolve("pg/data/postmaster.pid")).doesNotExist();
    }

    @Test
    void a_url_means_an_external_database_whose_password_may_be_in_a_file() throws Exception {
        Path file = Files.writeString(temporary.resolve("password"), "secret-word\n");
        MockEnvironment environment = new MockEnvironment()
                .withProperty("sternpost.db.url", "jdbc:postgresql://db.example/sternpost")
                .withProperty("sternpost.db.user", "someone")
                .withProperty("sternpost.db.password-file", file.toString())
                .withProperty("sternpost.db.embedded.dir", "/ignored");
        assertThat(DbConfiguration.settings(environment))
                .isEqualTo(new DbSettings.External("jdbc:postgresql://db.example/sternpost", "someone", "secret-word"));
    }

    @Test
    void without_a_url_the_embedded_database_is_meant() {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("sternpost.db.embedded.dir", "/srv/pg")
                .withProperty("sternpost.db.embedded.account", "postgres");
        assertThat(DbConfiguration.settings(environment))
                .isEqualTo(new DbSettings.Embedded(
                        new PgSettings(Path.of("/srv/pg"), 7445, Optional.of("postgres"), Optional.empty())));
    }

    @Test
    void naming_no_database_is_refused_with_what_to_set() {
        assertThatThrownBy(() -> DbConfiguration.settings(new MockEnvironment()))
                .hasMessageContaining("sternpost.db.embedded.dir")
                .hasMessageContaining("sternpost.db.url");
        MockEnvironment wrong = new MockEnvironment().withProperty("sternpost.db.url", "mysql://x");
        assertThatThrownBy(() -> DbConfiguration.settings(wrong)).hasMessageContaining("jdbc:postgresql:");
    }
}
