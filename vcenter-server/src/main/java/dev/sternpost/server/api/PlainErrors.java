package dev.sternpost.server.api;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Errors of HTTP itself, such as a path that leads nowhere, in the form of all other errors. */
final class PlainErrors implements ServerErrorHandler {
    private static final Pattern PLACE = Pattern.compile("line: (\\d+), column: (\\d+)");

    @Override
    public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
        return switch (cause) {
            case FaultException e -> JsonErrors.response(e.fault());
            case HttpStatusException e
            when e.getCause() instanceof IllegalArgumentException why -> JsonErrors.response(unreadable(why));
            default -> null;
        };
    }

    /** A body that the transcoder gave up on. Its parser says where, at the end of a longer text. */
    private static Fault unreadable(IllegalArgumentException why) {
        if (String.valueOf(why.getMessage()).contains("content-type")) {
            return Fault.of(
                    FaultCode.REQUEST_INVALID, "A body needs the header \"content-type: application/json\". Add it.");
        }
        @Nullable Throwable cause = why.getCause();
        Matcher place = PLACE.matcher(cause == null ? "" : String.valueOf(cause.getMessage()));
        return Fault.of(
                FaultCode.REQUEST_INVALID,
                place.find()
                        ? "The body is not JSON at line %s, column %s. Correct it."
                                .formatted(place.group(1), place.group(2))
                        : "The body should be a JSON object. Correct it.");
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext ctx,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return AggregatedHttpResponse.of(
                ResponseHeaders.builder(status)
                        .contentType(MediaType.JSON_UTF_8)
                        .build(),
                HttpData.ofUtf8(JsonErrors.body(FaultMessages.of(fault(status)))));
    }

    private static Fault fault(HttpStatus status) {
        return switch (status.code()) {
            case 404 ->
                Fault.of(
                        FaultCode.REQUEST_INVALID,
                        "There is no such route. The routes are in docs/ports-and-routes.md.");
            case 405 -> Fault.of(FaultCode.REQUEST_INVALID, "This route does not know this HTTP method.");
            case 413 -> Fault.of(FaultCode.REQUEST_INVALID, "The request is too large. Make it smaller.");
            case 503 -> Fault.of(FaultCode.OVERLOADED, "The server cannot answer now. Try again in a few seconds.");
            default ->
                status.isServerError()
                        ? Fault.of(FaultCode.INTERNAL_ERROR, "The server failed. Try again.")
                        : Fault.of(FaultCode.REQUEST_INVALID, "The request cannot be read. Correct it.");
        };
    }
}
