package dev.sternpost.server.api;

import io.grpc.stub.StreamObserver;

/** Ends a call that has one answer. */
final class Answers {
    private Answers() {}

    static <T> void one(StreamObserver<T> observer, T answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }
}
