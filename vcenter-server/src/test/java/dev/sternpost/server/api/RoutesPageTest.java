package dev.sternpost.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.sternpost.server.TestServer;
import dev.sternpost.testkit.Golden;
import io.grpc.BindableService;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page that tells people which routes there are tells the truth about the running server. */
class RoutesPageTest {
    private static final Path PAGE = Path.of(System.getProperty("sternpost.root", ".."), "docs", "ports-and-routes.md");

    /** What stands before it is written by hand; the rest with {@code -Dgolden.update=true}. */
    private static final String TABLE_BEGIN = "| call | JSON | needs |\n|---|---|---|\n";

    @Test
    void the_page_lists_what_the_running_server_offers(@TempDir Path home) throws IOException {
        Set<String> rows = new TreeSet<>();
        try (TestServer server = TestServer.start(home)) {
            for (BindableService service : server.beans(BindableService.class)) {
                Object schema = service.bindService().getServiceDescriptor().getSchemaDescriptor();
                ServiceDescriptor descriptor = ((ProtoServiceDescriptorSupplier) schema).getServiceDescriptor();
                descriptor.getMethods().forEach(method -> rows.add(row(method)));
            }
        }
        for (String rpc : List.of(
                "grpc.health.v1.Health/Check",
                "grpc.health.v1.Health/List",
                "grpc.health.v1.Health/Watch",
                "grpc.reflection.v1.ServerReflection/ServerReflectionInfo")) {
            rows.add(row(rpc, "–"));
        }
        for (Map.Entry<String, RpcAccess> plain : PlainRoutes.TABLE.entrySet()) {
            rows.add("| – | `%s` | %s |".formatted(plain.getKey(), words(plain.getValue())));
        }

        String page = Files.readString(PAGE);
        int table = page.indexOf(TABLE_BEGIN);
        assertThat(table).isPositive();
        Golden.assertMatches(PAGE, page.substring(0, table) + TABLE_BEGIN + String.join("\n", rows));
    }

    private static String row(MethodDescriptor method) {
        MethodOptions options = method.getOptions();
        String route = options.hasExtension(AnnotationsProto.http)
                ? "`" + route(options.getExtension(AnnotationsProto.http)) + "`"
                : "–";
        return row(method.getService().getFullName() + "/" + method.getName(), route);
    }

    private static String row(String rpc, String route) {
        return "| `%s` | %s | %s |"
                .formatted(
                        rpc.replace("sternpost.", ""),
                        route,
                        words(RpcTable.find(rpc).orElseThrow()));
    }

    private static String route(HttpRule rule) {
        return switch (rule.getPatternCase()) {
            case GET -> "GET " + rule.getGet();
            case POST -> "POST " + rule.getPost();
            case DELETE -> "DELETE " + rule.getDelete();
            case PUT -> "PUT " + rule.getPut();
            case PATCH -> "PATCH " + rule.getPatch();
            case CUSTOM, PATTERN_NOT_SET -> throw new AssertionError("what is " + rule + "?");
        };
    }

    private static String words(RpcAccess access) {
        return switch (access) {
            case RpcAccess.Open() -> "open";
            case RpcAccess.LoggedIn() -> "a session";
            case RpcAccess.Needs(var privilege) -> privilege.fieldName();
        };
    }
}
