package dev.sternpost.db;

class OtherInventoryTransactionsTest extends PgInventoryTransactionsContract {
    OtherInventoryTransactionsTest() {
        super(TestServer.OTHER);
    }
}
