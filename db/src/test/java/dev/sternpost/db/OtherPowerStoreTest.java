package dev.sternpost.db;

class OtherPowerStoreTest extends PgPowerStoreContract {
    OtherPowerStoreTest() {
        super(TestServer.OTHER);
    }
}
