package dev.sternpost.db;

import dev.sternpost.db.inventory.PgInventoryStore;
import dev.sternpost.inventory.store.InventoryStore;
import dev.sternpost.inventory.store.InventoryTransactionsContract;

/** The contract of the port on a real server. */
abstract class PgInventoryTransactionsContract extends InventoryTransactionsContract {
    private final TestServer server;

    PgInventoryTransactionsContract(TestServer server) {
        this.server = server;
    }

    @Override
    protected Stores open(int deltasKept) {
        TestDatabase fresh = TestDatabase.fresh(server);
        Database database = fresh.database();
        return new Stores(database.inventoryStore(deltasKept), database.transactions());
    }

    @Override
    protected InventoryStore reopen() {
        return TestDatabase.open(server).database().inventoryStore(PgInventoryStore.DELTAS_KEPT_DEFAULT);
    }
}
