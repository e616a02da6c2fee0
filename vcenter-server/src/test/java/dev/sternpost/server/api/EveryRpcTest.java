package dev.sternpost.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sternpost.proto.type.v1.Fault;
import dev.sternpost.server.GrpcClient;
import dev.sternpost.server.TestServer;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What holds for each RPC the running server offers, whichever these are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryRpcTest {
    private TestServer server;
    private GrpcClient client;

    @BeforeAll
    void start(@TempDir Path home) {
        server = TestServer.start(home);
        client = new GrpcClient(server);
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    /** By full name, as the running server's endpoints say. */
    private TreeMap<String, MethodDescriptor<?, ?>> served() {
        TreeMap<String, MethodDescriptor<?, ?>> methods = new TreeMap<>();
        for (BindableService service : server.beans(BindableService.class)) {
            for (ServerMethodDefinition<?, ?> method : service.bindService().getMethods()) {
                methods.put(method.getMethodDescriptor().getFullMethodName(), method.getMethodDescriptor());
            }
        }
        return methods;
    }

    @Test
    void each_rpc_is_in_the_table_and_the_table_has_no_other() {
        Set<String> ours = RpcTable.all().keySet().stream()
                .filter(rpc -> rpc.startsWith("sternpost."))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(served().keySet()).isEqualTo(ours).hasSizeGreaterThan(50);
    }

    @Test
    void each_rpc_is_denied_without_a_token_unless_the_table_opens_it() {
        int denied = 0;
        for (MethodDescriptor<?, ?> method : served().values()) {
            if (!(RpcTable.all().get(method.getFullMethodName()) instanceof RpcAccess.Open)) {
                assertThatDenied(method, client.channel());
                denied++;
            }
        }
        assertThat(denied).isGreaterThan(45);
    }

    @Test
    void each_rpc_is_denied_with_a_wrong_token() {
        for (String authorization : new String[] {
            "Bearer spb1." + "A".repeat(43), "Bearer ", "Basic YWRtaW46YWRtaW4=", "bearer", "Bearer null"
        }) {
            Metadata headers = new Metadata();
            headers.put(CallerInterceptor.AUTHORIZATION, authorization);
            Channel forged =
                    ClientInterceptors.intercept(client.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
            for (MethodDescriptor<?, ?> method : served().values()) {
                if (!(RpcTable.all().get(method.getFullMethodName()) instanceof RpcAccess.Open)) {
                    assertThatDenied(method, forged);
                }
            }
        }
    }

    private static void assertThatDenied(MethodDescriptor<?, ?> method, Channel channel) {
        StatusRuntimeException refusal =
                catchThrowableOfType(StatusRuntimeException.class, () -> callEmpty(method, channel));

        assertThat(refusal).as(method.getFullMethodName()).isNotNull();
        assertThat(refusal.getStatus().getCode())
                .as("%s: %s", method.getFullMethodName(), refusal)
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(fault(refusal).getCode()).isEqualTo("TOKEN_INVALID");
    }

    private static <Q, A> void callEmpty(MethodDescriptor<Q, A> method, Channel channel) {
        Q empty = method.parseRequest(new ByteArrayInputStream(new byte[0]));
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);
        switch (method.getType()) {
            case UNARY -> ClientCalls.blockingUnaryCall(channel, method, options, empty);
            case SERVER_STREAMING ->
                ClientCalls.blockingServerStreamingCall(channel, method, options, empty)
                        .forEachRemaining(answer -> {});
            case CLIENT_STREAMING, BIDI_STREAMING, UNKNOWN ->
                throw new AssertionError("how is " + method.getFullMethodName() + " to be tested?");
        }
    }

    static Fault fault(StatusRuntimeException e) {
        try {
            com.google.rpc.Status status = StatusProto.fromThrowable(e);
            assertThat(status).as("details of %s", e).isNotNull();
            for (Any detail : status.getDetailsList()) {
                if (detail.is(Fault.class)) {
                    return detail.unpack(Fault.class);
                }
            }
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError(broken);
        }
        throw new AssertionError("no fault in the details of " + e);
    }

    @Test
    void reflection_lists_every_service_without_a_login() throws Exception {
        CompletableFuture<Set<String>> names = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> ask = ServerReflectionGrpc.newStub(client.channel())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        names.complete(response.getListServicesResponse().getServiceList().stream()
                                .map(ServiceResponse::getName)
                                .collect(Collectors.toCollection(TreeSet::new)));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        names.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

        Set<String> expected = RpcTable.all().keySet().stream()
                .map(rpc -> rpc.substring(0, rpc.indexOf('/')))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(names.get(10, TimeUnit.SECONDS)).isEqualTo(expected);
        ask.onCompleted();
    }

    @Test
    void health_says_serving_without_a_login() {
        var answer = HealthGrpc.newBlockingStub(client.channel())
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance());

        assertThat(answer.getStatus()).isEqualTo(ServingStatus.SERVING);
    }
}
