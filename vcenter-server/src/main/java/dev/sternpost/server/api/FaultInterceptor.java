package dev.sternpost.server.api;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ends a call with the right status when an endpoint, or the interceptor after this one, throws. */
public final class FaultInterceptor implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        AtomicBoolean ended = new AtomicBoolean();
        ServerCall.Listener<Q> listener;
        try {
            listener = next.startCall(call, headers);
        } catch (RuntimeException e) {
            end(call, ended, e);
            return new ServerCall.Listener<>() {};
        }
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                guarded(() -> super.onMessage(message));
            }

            @Override
            public void onHalfClose() {
                guarded(super::onHalfClose);
            }

            @Override
            public void onReady() {
                guarded(super::onReady);
            }

            // Wide on purpose: this is the edge, and whatever is thrown the caller gets an answer.
            private void guarded(Runnable callback) {
                if (ended.get()) {
                    return;
                }
                try {
                    callback.run();
                } catch (RuntimeException | StackOverflowError e) {
                    end(call, ended, e);
                }
            }
        };
    }

    private static void end(ServerCall<?, ?> call, AtomicBoolean ended, Throwable thrown) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        StatusRuntimeException status = FaultStatus.of(thrown);
        Metadata trailers = status.getTrailers();
        // Without its cause: Armeria would map the exception a second time.
        call.close(
                Status.fromCode(status.getStatus().getCode())
                        .withDescription(status.getStatus().getDescription()),
                trailers == null ? new Metadata() : trailers);
    }
}
