package dev.sternpost.db;

import dev.sternpost.inventory.power.PowerStore;
import dev.sternpost.inventory.power.PowerStoreContract;

/** The contract of the port on a real server. */
abstract class PgPowerStoreContract extends PowerStoreContract {
    private final TestServer server;

    PgPowerStoreContract(TestServer server) {
        this.server = server;
    }

    @Override
    protected PowerStore newStore() {
        return TestDatabase.fresh(server).database().powerStore();
    }
}
