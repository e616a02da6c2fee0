package dev.sternpost.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Golden;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

class SchemaTest {
    @ParameterizedTest
    @EnumSource
    void the_migrated_schema_is_the_one_in_schema_sql(TestServer server) {
        JdbcTemplate jdbc = TestDatabase.open(server).jdbc();
        Golden.assertMatches(Path.of(System.getProperty("sternpost.root"), "db/schema.sql"), SchemaText.of(jdbc));
    }

    @ParameterizedTest
    @EnumSource
    void opening_a_migrated_database_again_changes_nothing(TestServer server) {
        TestDatabase.open(server);
        DbSettings.External settings = server.newDatabase();
        Database.open(settings).close();
        try (Database again = Database.open(settings)) {
            assertThat(again.answers()).isTrue();
            assertThat(again.inventoryStore().load().size()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_foreign_key_has_an_index_that_serves_it(TestServer server) {
        List<String> without = TestDatabase.open(server).jdbc().queryForList("""
                        select conname from pg_constraint c
                        where contype = 'f' and connamespace = 'public'::regnamespace
                            and not exists (
                                select 1 from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])
                        """, String.class);
        assertThat(without).isEmpty();
    }
}
