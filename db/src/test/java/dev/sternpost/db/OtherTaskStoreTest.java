package dev.sternpost.db;

class OtherTaskStoreTest extends PgTaskStoreContract {
    OtherTaskStoreTest() {
        super(TestServer.OTHER);
    }
}
