package dev.sternpost.db;

class EmbeddedDemandStoreTest extends PgDemandStoreContract {
    EmbeddedDemandStoreTest() {
        super(TestServer.EMBEDDED);
    }
}
