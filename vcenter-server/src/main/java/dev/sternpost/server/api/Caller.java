package dev.sternpost.server.api;

import dev.sternpost.sso.Session;
import io.grpc.Context;

/** Who makes the call that this thread answers. */
record Caller(Session session) {
    static final Context.Key<Caller> KEY = Context.key("caller");

    /** The caller of the current call; every call but the open ones has one. */
    static Caller current() {
        Caller caller = KEY.get();
        if (caller == null) {
            throw new IllegalStateException("no caller: the call is open, or this thread does not answer it");
        }
        return caller;
    }

    String userName() {
        return session.userName().value();
    }

    /** The caller as one who asks for work. */
    dev.sternpost.server.work.Caller asking(String requestId) {
        return new dev.sternpost.server.work.Caller(userName(), requestId);
    }
}
