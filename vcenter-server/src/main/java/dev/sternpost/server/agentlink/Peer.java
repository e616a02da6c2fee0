package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.HostId;
import io.grpc.Context;
import java.security.cert.X509Certificate;

/** The agent at the other end of a connection, as its certificate says. */
record Peer(HostId host, X509Certificate certificate) {
    static final Context.Key<Peer> KEY = Context.key("peer");

    static Peer current() {
        Peer peer = KEY.get();
        if (peer == null) {
            throw new IllegalStateException("this thread does not answer an agent");
        }
        return peer;
    }
}
