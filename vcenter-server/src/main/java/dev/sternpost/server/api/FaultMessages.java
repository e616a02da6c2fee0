package dev.sternpost.server.api;

import dev.sternpost.inventory.fault.FaultKind;
import dev.sternpost.proto.type.v1.Fault;

/** Faults as messages. */
final class FaultMessages {
    private FaultMessages() {}

    /** What the caller may know; the context stays here. */
    static Fault of(dev.sternpost.inventory.fault.Fault fault) {
        String subjectId = fault.subjectId();
        return Fault.newBuilder()
                .setCode(fault.code().name())
                .setNumber(fault.code().number())
                .setKind(kind(fault.kind()))
                .setMessage(fault.message())
                .setSubjectId(subjectId == null ? "" : subjectId)
                .build();
    }

    static dev.sternpost.proto.type.v1.FaultKind kind(FaultKind kind) {
        return switch (kind) {
            case CALLER -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_CALLER;
            case PERMISSION -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_PERMISSION;
            case CONFLICT -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_CONFLICT;
            case CAPACITY -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_CAPACITY;
            case UNREACHABLE -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_UNREACHABLE;
            case INTERNAL -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_INTERNAL;
        };
    }
}
