package dev.sternpost.inventory.store;

import dev.sternpost.testkit.VirtualClock;

class InMemoryTransactionsTest extends InventoryTransactionsContract {
    private final InMemoryTransactions transactions = new InMemoryTransactions();
    private InMemoryInventoryStore store = new InMemoryInventoryStore(transactions, new VirtualClock());

    @Override
    protected Stores open(int deltasKept) {
        store = new InMemoryInventoryStore(transactions, new VirtualClock(), deltasKept);
        return new Stores(store, transactions);
    }

    @Override
    protected InventoryStore reopen() {
        return store;
    }
}
