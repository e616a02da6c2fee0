package dev.sternpost.inventory.pass;

class InMemoryPassStoreTest extends PassStoreContract {
    @Override
    protected PassStore newStore(PassStore.Kept kept) {
        return new InMemoryPassStore(kept);
    }
}
