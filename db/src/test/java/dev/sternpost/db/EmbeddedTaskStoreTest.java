package dev.sternpost.db;

class EmbeddedTaskStoreTest extends PgTaskStoreContract {
    EmbeddedTaskStoreTest() {
        super(TestServer.EMBEDDED);
    }
}
