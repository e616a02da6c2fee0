package dev.sternpost.db;

import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.IdentityStoreContract;

class OtherIdentityStoreTest extends IdentityStoreContract {
    @Override
    protected IdentityStore emptyStore() {
        return TestDatabase.fresh(TestServer.OTHER).database().identityStore();
    }
}
