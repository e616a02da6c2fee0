package dev.sternpost.db;

class EmbeddedToldVersionStoreTest extends PgToldVersionStoreContract {
    EmbeddedToldVersionStoreTest() {
        super(TestServer.EMBEDDED);
    }
}
