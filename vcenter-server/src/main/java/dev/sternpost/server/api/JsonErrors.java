package dev.sternpost.server.api;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.UnframedGrpcErrorHandler;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Errors of the JSON face: the HTTP status that fits and the fault as the body, {@code {"code": "OBJECT_NOT_FOUND",
 * "number": 201, "kind": "CALLER", "message": "…", "subjectId": "vm-7"}}.
 */
final class JsonErrors implements UnframedGrpcErrorHandler {
    /** Enough for the names of the fields that there are. */
    private static final int CHARS_MAX = 1_000;

    private static final String DETAILS = "grpc-status-details-bin";

    @Override
    public HttpResponse handle(ServiceRequestContext ctx, Status status, AggregatedHttpResponse response) {
        return response(fault(status, details(response)));
    }

    /** An error found before any service was reached. */
    static HttpResponse response(Fault fault) {
        return response(FaultMessages.of(fault));
    }

    private static HttpResponse response(dev.sternpost.proto.type.v1.Fault fault) {
        FaultCode code = FaultCode.named(fault.getCode()).orElse(FaultCode.INTERNAL_ERROR);
        ResponseHeadersBuilder headers = ResponseHeaders.builder(HttpStatus.valueOf(FaultStatus.httpStatus(code)))
                .contentType(MediaType.JSON_UTF_8);
        if (code == FaultCode.TOKEN_INVALID) {
            headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        return HttpResponse.of(headers.build(), HttpData.ofUtf8(body(fault)));
    }

    static String body(dev.sternpost.proto.type.v1.Fault fault) {
        // The kind in short: "CALLER", not "FAULT_KIND_CALLER".
        String kind = fault.getKind().name().replace("FAULT_KIND_", "").toUpperCase(Locale.ROOT);
        try {
            String json = JsonFormat.printer()
                    .omittingInsignificantWhitespace()
                    .alwaysPrintFieldsWithNoPresence()
                    .print(fault);
            return json.replace("\"" + fault.getKind().name() + "\"", "\"" + kind + "\"") + "\n";
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a fault has no Any in it", e);
        }
    }

    private static dev.sternpost.proto.type.v1.Fault fault(Status status, @Nullable String details) {
        Optional<dev.sternpost.proto.type.v1.Fault> carried =
                details == null ? Optional.empty() : decode(details).flatMap(FaultStatus::faultIn);
        return carried.orElseGet(() -> FaultMessages.of(ofTransport(status)));
    }

    private static Optional<com.google.rpc.Status> decode(String details) {
        try {
            return Optional.of(com.google.rpc.Status.parseFrom(
                    Base64.getDecoder().decode(details.getBytes(StandardCharsets.US_ASCII))));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static @Nullable String details(AggregatedHttpResponse response) {
        String inTrailers = response.trailers().get(DETAILS);
        return inTrailers == null ? response.headers().get(DETAILS) : inTrailers;
    }

    /** What the transport itself refuses, such as a body that is not JSON. */
    static Fault ofTransport(Status status) {
        String description = status.getDescription();
        String why = description == null ? "" : ": " + firstLine(description);
        return switch (status.getCode()) {
            case INVALID_ARGUMENT, OUT_OF_RANGE ->
                Fault.of(FaultCode.REQUEST_INVALID, "The request cannot be read%s. Correct it.".formatted(why));
            case UNIMPLEMENTED -> Fault.of(FaultCode.REQUEST_INVALID, "There is no such call%s.".formatted(why));
            case RESOURCE_EXHAUSTED ->
                Fault.of(FaultCode.REQUEST_INVALID, "The request is too large%s. Make it smaller.".formatted(why));
            case CANCELLED -> Fault.of(FaultCode.OPERATION_CANCELLED, "The call was cancelled.");
            case DEADLINE_EXCEEDED ->
                Fault.of(FaultCode.OPERATION_TIMED_OUT, "The call took too long. Look at the result, then try again.");
            default -> Fault.of(FaultCode.INTERNAL_ERROR, "The server failed. Try again.");
        };
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > CHARS_MAX ? line.substring(0, CHARS_MAX) + "…" : line;
    }
}
