package dev.sternpost.db;

class OtherInventoryStoreTest extends PgInventoryStoreContract {
    OtherInventoryStoreTest() {
        super(TestServer.OTHER);
    }
}
