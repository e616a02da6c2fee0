package dev.sternpost.server.api;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts and times calls, and refuses more open ones than the server bears. */
final class CallMeter implements ServerInterceptor {
    /** Calls in progress at once, streams included. */
    static final int OPEN_MAX = 5_000;

    private final MeterRegistry meters;
    private final AtomicInteger open = new AtomicInteger();

    CallMeter(MeterRegistry meters) {
        this.meters = meters;
        Gauge.builder("sternpost.api.calls.open", open, AtomicInteger::get)
                .description("Calls in progress, streams included")
                .register(meters);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (open.incrementAndGet() > OPEN_MAX) {
            open.decrementAndGet();
            throw new FaultException(
                    FaultCode.OVERLOADED, "The server has too many open calls. Try again in a few seconds.");
        }
        OpenCall openCall = new OpenCall(call.getMethodDescriptor().getFullMethodName());
        try {
            ServerCall.Listener<Q> listener = next.startCall(
                    new SimpleForwardingServerCall<>(call) {
                        @Override
                        public void close(Status status, Metadata trailers) {
                            openCall.end(status.getCode());
                            super.close(status, trailers);
                        }
                    },
                    headers);
            return new SimpleForwardingServerCallListener<>(listener) {
                @Override
                public void onCancel() {
                    openCall.end(Status.Code.CANCELLED);
                    super.onCancel();
                }
            };
        } catch (RuntimeException e) {
            openCall.end(e instanceof FaultException fault ? FaultStatus.code(fault.code()) : Status.Code.INTERNAL);
            throw e;
        }
    }

    /** A call that is counted; it ends once, however many say so. */
    private final class OpenCall {
        private final String rpc;
        private final long beginNanos = System.nanoTime();
        private final AtomicBoolean ended = new AtomicBoolean();

        OpenCall(String rpc) {
            this.rpc = rpc;
        }

        void end(Status.Code code) {
            if (ended.compareAndSet(false, true)) {
                open.decrementAndGet();
                Timer.builder("sternpost.api.call")
                        .description("Calls by RPC and status")
                        .tag("rpc", rpc)
                        .tag("status", code.name())
                        .register(meters)
                        .record(System.nanoTime() - beginNanos, TimeUnit.NANOSECONDS);
            }
        }
    }
}
