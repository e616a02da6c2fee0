package dev.sternpost.server.api;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Messages as JSON. A field that we do not know is an error, not nothing; fields that are empty are written all the same. A
 * request that cannot be read is answered with the field that is wrong and what it should be.
 */
final class JsonMessages implements GrpcJsonMarshaller {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final GrpcJsonMarshaller plain = GrpcJsonMarshaller.builderForGson()
            .jsonParserCustomizer((JsonFormat.Parser lenient) -> JsonFormat.parser())
            .jsonPrinterCustomizer((JsonFormat.Printer printer) ->
                    printer.alwaysPrintFieldsWithNoPresence().omittingInsignificantWhitespace())
            .build();

    @Override
    public <T> void serializeMessage(Marshaller<T> marshaller, T message, OutputStream out) throws IOException {
        plain.serializeMessage(marshaller, message, out);
    }

    @Override
    public <T> T deserializeMessage(Marshaller<T> marshaller, InputStream in) throws IOException {
        byte[] json = in.readAllBytes(); // the server has bounded it
        try {
            return plain.deserializeMessage(marshaller, new ByteArrayInputStream(json));
        } catch (IOException | RuntimeException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(why(marshaller, json).orElseGet(() -> String.valueOf(e.getMessage())))
                    .asRuntimeException();
        }
    }

    private static Optional<String> why(Marshaller<?> marshaller, byte[] json) {
        if (!(marshaller instanceof PrototypeMarshaller<?> known)
                || !(known.getMessagePrototype() instanceof Message prototype)) {
            return Optional.empty();
        }
        try {
            return JsonShape.problem(prototype.getDescriptorForType(), MAPPER.readTree(json));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
