package dev.sternpost.inventory.demand;

class InMemoryDemandStoreTest extends DemandStoreContract {
    @Override
    protected DemandStore newStore() {
        return new InMemoryDemandStore();
    }
}
