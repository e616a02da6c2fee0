package dev.sternpost.server.api;

import dev.sternpost.sso.access.AccessPolicy;
import dev.sternpost.sso.session.Sessions;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.MeterRegistry;

/** What stands before every endpoint. */
final class Guard {
    private final CallerInterceptor callers;
    private final CallMeter meter;

    Guard(Sessions sessions, AccessPolicy policy, MeterRegistry meters) {
        this.callers = new CallerInterceptor(sessions, policy);
        this.meter = new CallMeter(meters);
    }

    CallerInterceptor callers() {
        return callers;
    }

    /** In the order Armeria and gRPC want them: the last one sees a call first. */
    ServerInterceptor[] interceptors() {
        return new ServerInterceptor[] {callers, meter, new FaultInterceptor()};
    }
}
