package dev.sternpost.db;

import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** A schema as text in a fixed order, the same on every version of PostgreSQL. */
final class SchemaText {
    private final JdbcTemplate jdbc;
    private final StringBuilder text = new StringBuilder();

    private SchemaText(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    static String of(JdbcTemplate jdbc) {
        SchemaText schema = new SchemaText(jdbc);
        schema.text.append("-- The whole schema, for reading. Made from a migrated server by SchemaTest;"
                + " -Dgolden.update=true writes it anew.\n");
        schema.sequences();
        schema.strings("""
                        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname = 'public' and c.relkind = 'r' and c.relname not like 'flyway%'
                        order by c.relname collate "C\"""").forEach(schema::table);
        schema.others();
        return schema.text.toString();
    }

    private void sequences() {
        lines("""
                select format(E'\\ncreate sequence %I start with %s;\\n', sequencename, start_value) from pg_sequences
                where schemaname = 'public' order by sequencename collate "C\"""");
    }

    private void table(String table) {
        text.append("\ncreate table ").append(table).append(" (\n");
        List<String> columns = strings("""
                select format('    %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                    case when a.attnotnull then ' not null' else '' end,
                    coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''))
                from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where a.attrelid = ?::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum""", table);
        // PostgreSQL 18 lists "not null" as constraints of their own, which the columns say already.
        List<String> constraints = strings("""
                select format('    constraint %I %s', conname, pg_get_constraintdef(oid)) from pg_constraint
                where conrelid = ?::regclass and contype <> 'n' order by contype = 'p' desc, conname collate "C"
                """, table);
        columns.addAll(constraints);
        text.append(String.join(",\n", columns)).append("\n);\n");
        lines("""
                select indexdef || E';\\n' from pg_indexes
                where schemaname = 'public' and tablename = ?
                    and indexname not in (select conname from pg_constraint) order by indexname collate "C\"""", table);
        lines("""
                select pg_get_triggerdef(oid) || E';\\n' from pg_trigger
                where tgrelid = ?::regclass and not tgisinternal order by tgname""", table);
    }

    /** Anything that has no place above would be missed: it is listed, so that the text changes and someone looks. */
    private void others() {
        lines("""
                select format(E'\\n-- and a %s: %I\\n', relkind, relname) from pg_class c
                join pg_namespace n on n.oid = c.relnamespace
                where nspname = 'public' and relkind not in ('r', 'i', 'S') order by relname collate "C\"""");
        lines("""
                select format(E'\\n-- and a function: %I\\n', proname) from pg_proc p
                join pg_namespace n on n.oid = p.pronamespace where nspname = 'public' order by proname""");
    }

    private void lines(String sql, Object... parameters) {
        strings(sql, parameters).forEach(text::append);
    }

    private List<String> strings(String sql, Object... parameters) {
        return jdbc.queryForList(sql, String.class, parameters);
    }
}
