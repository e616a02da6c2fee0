package dev.sternpost.sdk;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What every call gets: a request id where the request has one and the caller gave none, a deadline, and a failure that
 * carries the decoded fault. It stands above gRPC's retries, so that all attempts of one call have one request id.
 */
final class CallDefaults implements ClientInterceptor {
    private static final String REQUEST_ID = "request_id";

    private final String server;
    private final Duration timeout;

    CallDefaults(String server, Duration timeout) {
        this.server = server;
        this.timeout = timeout;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        CallOptions bounded = options.getDeadline() == null && method.getType() == MethodType.UNARY
                ? options.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                : options;
        return new SimpleForwardingClientCall<>(next.newCall(method, bounded)) {
            @Override
            public void sendMessage(Q message) {
                super.sendMessage(withRequestId(message));
            }

            @Override
            public void start(Listener<A> listener, Metadata headers) {
                super.start(new Decoding<>(listener), headers);
            }
        };
    }

    @SuppressWarnings("unchecked") // a message's builder builds the same type
    private static <Q> Q withRequestId(Q request) {
        if (!(request instanceof Message message)) {
            return request;
        }
        // Reads come by here most, and looking at their descriptors would cost them time at start-up.
        if (!RetryPolicy.mayCarryRequestId(message.getClass().getSimpleName())) {
            return request;
        }
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(REQUEST_ID);
        if (field == null || !String.valueOf(message.getField(field)).isEmpty()) {
            return request;
        }
        return (Q) message.toBuilder()
                .setField(field, UUID.randomUUID().toString())
                .build();
    }

    private final class Decoding<A> extends SimpleForwardingClientCallListener<A> {
        Decoding(ClientCall.Listener<A> listener) {
            super(listener);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (status.isOk()) {
                super.onClose(status, trailers);
                return;
            }
            SternpostException fault = FaultDecoder.decode(status.asRuntimeException(trailers), server);
            super.onClose(
                    status.withDescription(fault.code() + ": " + fault.message())
                            .withCause(fault),
                    trailers);
        }
    }
}
