package dev.sternpost.inventory.availability;

class InMemoryToldVersionStoreTest extends ToldVersionStoreContract {
    @Override
    protected ToldVersionStore newStore() {
        return new InMemoryToldVersionStore();
    }
}
