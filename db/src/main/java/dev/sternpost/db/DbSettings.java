package dev.sternpost.db;

import dev.sternpost.db.embedded.PgSettings;

/** Which PostgreSQL to use. */
public sealed interface DbSettings {
    /** The one that comes with the product, started and stopped with it. */
    record Embedded(PgSettings settings) implements DbSettings {}

    /**
     * One that somebody else runs, PostgreSQL 15 or newer.
     *
     * @param url a JDBC URL, "jdbc:postgresql://…"; asks for TLS by its own parameters
     * @param user owns the database it names
     * @param password of that user; keep it out of logs
     */
    record External(String url, String user, String password) implements DbSettings {
        public External {
            if (!url.startsWith("jdbc:postgresql:")) {
                throw new IllegalArgumentException("sternpost.db.url must begin with jdbc:postgresql:");
            }
        }

        @Override
        public String toString() {
            return "External[" + user + "]";
        }
    }
}
