package dev.sternpost.db.embedded;

import java.io.IOException;
import java.nio.file.Path;

/** The PostgreSQL that comes with the product, unpacked once for all tests. */
public final class TestBinaries {
    private TestBinaries() {}

    /** The directory above {@code bin/}. */
    public static Path home() throws IOException {
        return PgBinaries.unpacked(Path.of("target/pg-binaries").toAbsolutePath())
                .home();
    }
}
