package dev.sternpost.db;

class EmbeddedInventoryStoreTest extends PgInventoryStoreContract {
    EmbeddedInventoryStoreTest() {
        super(TestServer.EMBEDDED);
    }
}
