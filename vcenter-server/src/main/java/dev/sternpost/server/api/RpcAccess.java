package dev.sternpost.server.api;

import dev.sternpost.sso.access.Privilege;

/** What a caller needs for an RPC. */
sealed interface RpcAccess {
    /** Nothing: the RPC is how one gets in, or tells nothing. */
    record Open() implements RpcAccess {}

    /** A session, whatever it may do: the RPC is about that session. */
    record LoggedIn() implements RpcAccess {}

    /** A session with a privilege. */
    record Needs(Privilege privilege) implements RpcAccess {}
}
