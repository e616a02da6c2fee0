package dev.sternpost.sdk.fake;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Sends one answer, or what was thrown instead. */
final class FakeReply {
    private FakeReply() {}

    static <A> void send(StreamObserver<A> answer, Supplier<A> work) {
        A made;
        try {
            made = work.get();
        } catch (StatusRuntimeException e) {
            answer.onError(e);
            return;
        }
        answer.onNext(made);
        answer.onCompleted();
    }
}
