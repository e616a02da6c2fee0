package dev.sternpost.server.api;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import dev.sternpost.sso.Session;
import dev.sternpost.sso.access.AccessPolicy;
import dev.sternpost.sso.access.Privilege;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The few routes that are not RPCs. */
final class PlainRoutes {
    /** Each with what it needs; {@code docs/ports-and-routes.md} says the same. */
    static final Map<String, RpcAccess> TABLE = Map.of(
            "GET /healthz", new RpcAccess.Open(),
            "GET /readyz", new RpcAccess.Open(),
            "GET /ca.pem", new RpcAccess.Open(),
            "GET /metrics", new RpcAccess.Needs(Privilege.GLOBAL_DIAGNOSTICS));

    private static final MediaType PROMETHEUS = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

    private final CallerInterceptor callers;
    private final AccessPolicy policy;
    private final String authorityPem;
    private final BooleanSupplier ready;
    private final Supplier<String> metrics;

    PlainRoutes(
            CallerInterceptor callers,
            AccessPolicy policy,
            String authorityPem,
            BooleanSupplier ready,
            Supplier<String> metrics) {
        this.callers = callers;
        this.policy = policy;
        this.authorityPem = authorityPem;
        this.ready = ready;
        this.metrics = metrics;
    }

    void addTo(ServerBuilder server) {
        server.route().get("/healthz").build((ctx, request) -> text(HttpStatus.OK, "ok\n"));
        server.route()
                .get("/readyz")
                .build((ctx, request) -> ready.getAsBoolean()
                        ? text(HttpStatus.OK, "ready\n")
                        : text(HttpStatus.SERVICE_UNAVAILABLE, "starting\n"));
        server.route()
                .get("/ca.pem")
                .build((ctx, request) ->
                        HttpResponse.of(HttpStatus.OK, MediaType.parse("application/x-pem-file"), authorityPem));
        server.route().get("/metrics").build((ctx, request) -> {
            String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
            // Looking a session up may ask the database, which must not hold up the event loop.
            return HttpResponse.of(
                    () -> {
                        Session session = callers.authenticate(authorization);
                        policy.check(session, Privilege.GLOBAL_DIAGNOSTICS, null);
                        return HttpResponse.of(HttpStatus.OK, PROMETHEUS, metrics.get());
                    },
                    ctx.blockingTaskExecutor());
        });
    }

    private static HttpResponse text(HttpStatus status, String text) {
        return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, text);
    }
}
