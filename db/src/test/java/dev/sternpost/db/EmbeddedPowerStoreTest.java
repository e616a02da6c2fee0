package dev.sternpost.db;

class EmbeddedPowerStoreTest extends PgPowerStoreContract {
    EmbeddedPowerStoreTest() {
        super(TestServer.EMBEDDED);
    }
}
