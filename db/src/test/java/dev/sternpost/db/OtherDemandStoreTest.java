package dev.sternpost.db;

class OtherDemandStoreTest extends PgDemandStoreContract {
    OtherDemandStoreTest() {
        super(TestServer.OTHER);
    }
}
