package dev.sternpost.db;

class OtherPassStoreTest extends PgPassStoreContract {
    OtherPassStoreTest() {
        super(TestServer.OTHER);
    }
}
