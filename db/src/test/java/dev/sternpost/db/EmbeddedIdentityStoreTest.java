package dev.sternpost.db;

import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.IdentityStoreContract;

class EmbeddedIdentityStoreTest extends IdentityStoreContract {
    @Override
    protected IdentityStore emptyStore() {
        return TestDatabase.fresh(TestServer.EMBEDDED).database().identityStore();
    }
}
