package dev.sternpost.sso;

class InMemoryIdentityStoreTest extends IdentityStoreContract {
    @Override
    protected IdentityStore emptyStore() {
        return new InMemoryIdentityStore();
    }
}
