package dev.sternpost.server.api;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.Session;
import dev.sternpost.sso.access.AccessPolicy;
import dev.sternpost.sso.access.Privilege;
import dev.sternpost.sso.session.Sessions;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/** Finds out who calls and whether they may, before any endpoint sees the call. Both faces pass through here. */
final class CallerInterceptor implements ServerInterceptor {
    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final String SCHEME = "bearer ";

    private final Sessions sessions;
    private final AccessPolicy policy;

    CallerInterceptor(Sessions sessions, AccessPolicy policy) {
        this.sessions = sessions;
        this.policy = policy;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String rpc = call.getMethodDescriptor().getFullMethodName();
        RpcAccess access = RpcTable.find(rpc)
                .orElseThrow(() -> new FaultException(
                        FaultCode.PERMISSION_DENIED, "The call " + rpc + " is not open to anybody."));
        return switch (access) {
            case RpcAccess.Open() -> next.startCall(call, headers);
            case RpcAccess.LoggedIn() -> startAs(authenticate(headers.get(AUTHORIZATION)), call, headers, next);
            case RpcAccess.Needs(Privilege privilege) -> {
                Session session = authenticate(headers.get(AUTHORIZATION));
                // The object is not known before the message is read; one role for everything needs none.
                policy.check(session, privilege, null);
                yield startAs(session, call, headers, next);
            }
        };
    }

    /** The session of an authorization header. */
    Session authenticate(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return sessions.authenticate("");
        }
        return sessions.authenticate(authorization.substring(SCHEME.length()).strip());
    }

    private static <Q, A> ServerCall.Listener<Q> startAs(
            Session session, ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Context context = Context.current().withValue(Caller.KEY, new Caller(session));
        return Contexts.interceptCall(context, call, headers, next);
    }
}
