package dev.sternpost.db;

class OtherToldVersionStoreTest extends PgToldVersionStoreContract {
    OtherToldVersionStoreTest() {
        super(TestServer.OTHER);
    }
}
