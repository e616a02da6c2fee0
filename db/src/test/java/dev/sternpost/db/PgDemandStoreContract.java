package dev.sternpost.db;

import dev.sternpost.inventory.demand.DemandStore;
import dev.sternpost.inventory.demand.DemandStoreContract;

/** The contract of the port on a real server. */
abstract class PgDemandStoreContract extends DemandStoreContract {
    private final TestServer server;

    PgDemandStoreContract(TestServer server) {
        this.server = server;
    }

    @Override
    protected DemandStore newStore() {
        return TestDatabase.fresh(server).database().demandStore();
    }
}
