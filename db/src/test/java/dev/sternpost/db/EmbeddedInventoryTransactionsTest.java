package dev.sternpost.db;

class EmbeddedInventoryTransactionsTest extends PgInventoryTransactionsContract {
    EmbeddedInventoryTransactionsTest() {
        super(TestServer.EMBEDDED);
    }
}
