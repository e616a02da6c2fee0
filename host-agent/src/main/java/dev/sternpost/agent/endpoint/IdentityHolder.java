package dev.sternpost.agent.endpoint;

import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.IdentityFiles;
import java.util.function.Supplier;

/** The identity in use; replaced, on disk first, when the certificate is renewed. */
public final class IdentityHolder implements Supplier<HostIdentity> {

    private final IdentityFiles files;
    private volatile HostIdentity current;

    public IdentityHolder(IdentityFiles files, HostIdentity first) {
        this.files = files;
        this.current = first;
    }

    @Override
    public HostIdentity get() {
        return current;
    }

    void replace(HostIdentity renewed) {
        files.store(renewed);
        current = renewed;
    }
}
