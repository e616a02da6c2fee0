package dev.sternpost.db;

class EmbeddedPassStoreTest extends PgPassStoreContract {
    EmbeddedPassStoreTest() {
        super(TestServer.EMBEDDED);
    }
}
