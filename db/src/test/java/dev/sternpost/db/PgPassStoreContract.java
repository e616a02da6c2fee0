package dev.sternpost.db;

import dev.sternpost.inventory.pass.PassStore;
import dev.sternpost.inventory.pass.PassStoreContract;

/** The contract of the port on a real server. */
abstract class PgPassStoreContract extends PassStoreContract {
    private final TestServer server;

    PgPassStoreContract(TestServer server) {
        this.server = server;
    }

    @Override
    protected PassStore newStore(PassStore.Kept kept) {
        return TestDatabase.fresh(server).database().passStore(kept);
    }
}
