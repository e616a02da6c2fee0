package dev.sternpost.fleet.host;

import dev.sternpost.proto.agent.v1.ConnectRequest;

/** Where a host's words to the server go. What is said while there is no stream is lost; the next stream begins with everything. */
public interface Outlet {

    void send(ConnectRequest message);
}
