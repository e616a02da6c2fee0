package dev.sternpost.server.api;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import io.grpc.BindableService;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a query says beyond the fields of the request: a parameter that is misspelt, and so would change nothing
 * without a word, or a value that is none of its field's.
 */
final class QueryCheck implements DecoratingHttpServiceFunction {
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z_.]+)[^}]*}");

    /** A call's address, and what it takes. */
    private record Call(String method, String template, Pattern path, Descriptor request) {
        /** How much of the address is fixed: "/vms/{vm}:shutdown" goes before "/vms/{vm}". */
        int literalLength() {
            return VARIABLE.matcher(template).replaceAll("").length();
        }

        Set<String> variables() {
            Set<String> names = new TreeSet<>();
            for (Matcher matcher = VARIABLE.matcher(template); matcher.find(); ) {
                names.add(matcher.group(1));
            }
            return names;
        }
    }

    private final List<Call> calls;

    QueryCheck(Collection<BindableService> services) {
        List<Call> found = new ArrayList<>();
        for (BindableService service : services) {
            Object schema = service.bindService().getServiceDescriptor().getSchemaDescriptor();
            if (schema instanceof ProtoServiceDescriptorSupplier supplier) {
                supplier.getServiceDescriptor().getMethods().stream()
                        .filter(method -> method.getOptions().hasExtension(AnnotationsProto.http))
                        .map(QueryCheck::call)
                        .forEach(found::add);
            }
        }
        found.sort(Comparator.comparingInt(Call::literalLength).reversed());
        this.calls = List.copyOf(found);
    }

    private static Call call(MethodDescriptor method) {
        HttpRule rule = method.getOptions().getExtension(AnnotationsProto.http);
        return switch (rule.getPatternCase()) {
            case GET -> call("GET", rule.getGet(), method);
            case POST -> call("POST", rule.getPost(), method);
            case DELETE -> call("DELETE", rule.getDelete(), method);
            case PUT -> call("PUT", rule.getPut(), method);
            case PATCH -> call("PATCH", rule.getPatch(), method);
            case CUSTOM, PATTERN_NOT_SET ->
                throw new IllegalStateException("no address we know: " + method.getFullName());
        };
    }

    private static Call call(String http, String template, MethodDescriptor method) {
        StringBuilder path = new StringBuilder();
        Matcher matcher = VARIABLE.matcher(template);
        int end = 0;
        for (; matcher.find(); end = matcher.end()) {
            path.append(Pattern.quote(template.substring(end, matcher.start()))).append("[^/]+");
        }
        path.append(Pattern.quote(template.substring(end)));
        return new Call(http, template, Pattern.compile(path.toString()), method.getInputType());
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request) throws Exception {
        @Nullable String query = ctx.query();
        if (query != null && !query.isEmpty()) {
            Optional<String> problem = find(ctx.method().name(), ctx.path())
                    .flatMap(call -> problem(call, QueryParams.fromQueryString(query)));
            if (problem.isPresent()) {
                return JsonErrors.response(Fault.of(
                        FaultCode.REQUEST_INVALID,
                        "The request cannot be read: %s. Correct it.".formatted(problem.get())));
            }
        }
        return delegate.serve(ctx, request);
    }

    private Optional<Call> find(String method, String path) {
        return calls.stream()
                .filter(call -> call.method().equals(method)
                        && call.path().matcher(path).matches())
                .findFirst();
    }

    private static Optional<String> problem(Call call, QueryParams parameters) {
        for (Map.Entry<String, String> parameter : parameters) {
            @Nullable FieldDescriptor field = field(call, parameter.getKey());
            if (field == null) {
                return Optional.of("there is no query parameter \"%s\"; known are: %s"
                        .formatted(JsonShape.cut(parameter.getKey()), JsonShape.names(known(call))));
            }
            Optional<String> problem = JsonShape.problem(field, parameter.getKey(), parameter.getValue());
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    /** A field by its path, "filter.name" being a field of a field. */
    private static @Nullable FieldDescriptor field(Call call, String path) {
        @Nullable Descriptor type = call.request();
        @Nullable FieldDescriptor field = null;
        for (String name : path.split("\\.", -1)) {
            field = type == null ? null : JsonShape.field(type, name);
            if (field == null) {
                return null;
            }
            type = JsonShape.nested(field);
        }
        return field == null || call.variables().contains(field.getName()) ? null : field;
    }

    private static List<String> known(Call call) {
        return call.request().getFields().stream()
                .filter(field -> !call.variables().contains(field.getName()))
                .map(FieldDescriptor::getJsonName)
                .toList();
    }
}
