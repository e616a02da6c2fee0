package dev.sternpost.inventory.power;

class InMemoryPowerStoreTest extends PowerStoreContract {
    @Override
    protected PowerStore newStore() {
        return new InMemoryPowerStore();
    }
}
