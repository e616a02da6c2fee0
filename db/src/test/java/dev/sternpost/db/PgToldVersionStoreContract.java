package dev.sternpost.db;

import dev.sternpost.inventory.availability.ToldVersionStore;
import dev.sternpost.inventory.availability.ToldVersionStoreContract;

/** The contract of the port on a real server. */
abstract class PgToldVersionStoreContract extends ToldVersionStoreContract {
    private final TestServer server;

    PgToldVersionStoreContract(TestServer server) {
        this.server = server;
    }

    @Override
    protected ToldVersionStore newStore() {
        return TestDatabase.fresh(server).database().toldVersionStore();
    }
}
