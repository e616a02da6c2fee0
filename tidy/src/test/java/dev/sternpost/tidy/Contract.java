package dev.sternpost.tidy;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.ExtensionRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The contract with its comments, as the compiler of the proto module leaves it. */
final class Contract {
    private static final Path DESCRIPTORS = Path.of("proto/target/contract/contract.binpb");

    private Contract() {}

    /** A call of a service. */
    record Call(
            String inPackage, String service, String name, String comment, boolean streaming, Optional<HttpRule> http) {
        /** As gRPC names it: {@code sternpost.host.v1.HostService/GetHost}. */
        String fullName() {
            return inPackage + "." + service + "/" + name;
        }

        /** The protocol between server and agents is not for the public. */
        boolean forThePublic() {
            return !inPackage.startsWith("sternpost.agent.");
        }

        /** Verb and path of the JSON face, or nothing. */
        String route() {
            return http.map(rule -> switch (rule.getPatternCase()) {
                        case GET -> "GET " + rule.getGet();
                        case PUT -> "PUT " + rule.getPut();
                        case POST -> "POST " + rule.getPost();
                        case DELETE -> "DELETE " + rule.getDelete();
                        case PATCH -> "PATCH " + rule.getPatch();
                        case CUSTOM ->
                            rule.getCustom().getKind() + " " + rule.getCustom().getPath();
                        case PATTERN_NOT_SET -> "";
                    })
                    .orElse("");
        }
    }

    static List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        for (FileDescriptorProto file : files()) {
            for (int s = 0; s < file.getServiceCount(); s++) {
                ServiceDescriptorProto service = file.getService(s);
                for (int m = 0; m < service.getMethodCount(); m++) {
                    calls.add(call(file, service, service.getMethod(m), List.of(6, s, 2, m)));
                }
            }
        }
        return calls;
    }

    private static Call call(
            FileDescriptorProto file,
            ServiceDescriptorProto service,
            MethodDescriptorProto method,
            List<Integer> path) {
        return new Call(
                file.getPackage(),
                service.getName(),
                method.getName(),
                comment(file, path),
                method.getClientStreaming() || method.getServerStreaming(),
                method.getOptions().hasExtension(AnnotationsProto.http)
                        ? Optional.of(method.getOptions().getExtension(AnnotationsProto.http))
                        : Optional.empty());
    }

    private static String comment(FileDescriptorProto file, List<Integer> path) {
        return file.getSourceCodeInfo().getLocationList().stream()
                .filter(location -> location.getPathList().equals(path))
                .map(Location::getLeadingComments)
                .findFirst()
                .orElse("")
                .strip();
    }

    private static List<FileDescriptorProto> files() {
        ExtensionRegistry extensions = ExtensionRegistry.newInstance();
        AnnotationsProto.registerAllExtensions(extensions);
        try (var in = Files.newInputStream(Repository.ROOT.resolve(DESCRIPTORS))) {
            return FileDescriptorSet.parseFrom(in, extensions).getFileList().stream()
                    .filter(file -> file.getPackage().startsWith("sternpost."))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("build the proto module first", e);
        }
    }
}
