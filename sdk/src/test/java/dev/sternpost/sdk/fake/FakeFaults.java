package dev.sternpost.sdk.fake;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.sternpost.proto.type.v1.Fault;
import dev.sternpost.proto.type.v1.FaultKind;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/** Faults in the form in which the real server sends them. */
public final class FakeFaults {
    private FakeFaults() {}

    /** A fault of the kind CALLER that says the object does not exist. */
    public static StatusRuntimeException notFound(String what) {
        return of(
                Code.NOT_FOUND,
                fault(
                        "OBJECT_NOT_FOUND",
                        100,
                        FaultKind.FAULT_KIND_CALLER,
                        "there is no \"" + what + "\"; list what there is",
                        ""));
    }

    static StatusRuntimeException conflict(String code, int number, String message, String subject) {
        return of(Code.FAILED_PRECONDITION, fault(code, number, FaultKind.FAULT_KIND_CONFLICT, message, subject));
    }

    static StatusRuntimeException caller(String code, int number, String message) {
        return of(Code.INVALID_ARGUMENT, fault(code, number, FaultKind.FAULT_KIND_CALLER, message, ""));
    }

    static StatusRuntimeException denied(Code status, String code, int number, String message) {
        return of(status, fault(code, number, FaultKind.FAULT_KIND_PERMISSION, message, ""));
    }

    /** A fault. */
    public static Fault fault(String code, int number, FaultKind kind, String message, String subject) {
        return Fault.newBuilder()
                .setCode(code)
                .setNumber(number)
                .setKind(kind)
                .setMessage(message)
                .setSubjectId(subject)
                .build();
    }

    /** What a call throws to fail with this fault. */
    public static StatusRuntimeException of(Code status, Fault fault) {
        return StatusProto.toStatusRuntimeException(Status.newBuilder()
                .setCode(status.getNumber())
                .setMessage(fault.getMessage())
                .addDetails(Any.pack(fault))
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(fault.getCode())
                        .setDomain("sternpost.dev")
                        .build()))
                .build());
    }
}
