package dev.sternpost.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.proto.event.v1.EventServiceGrpc;
import dev.sternpost.proto.event.v1.WatchEventsRequest;
import dev.sternpost.proto.event.v1.WatchEventsResponse;
import dev.sternpost.proto.inventory.v1.InventoryServiceGrpc;
import dev.sternpost.proto.inventory.v1.ListObjectsRequest;
import dev.sternpost.proto.inventory.v1.WatchInventoryRequest;
import dev.sternpost.proto.inventory.v1.WatchInventoryResponse;
import dev.sternpost.server.GrpcClient;
import dev.sternpost.server.JsonClient;
import dev.sternpost.server.TestServer;
import dev.sternpost.testkit.Await;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsTest {
    private static final Duration BOUND = Duration.ofSeconds(10);

    private TestServer server;
    private JsonClient client;
    private GrpcClient grpc;

    @BeforeEach
    void start(@TempDir Path home) {
        server = TestServer.start(home);
        client = new JsonClient(server).login(server.password());
        grpc = new GrpcClient(server);
        client.post("/api/v1/datacenters", "{\"name\":\"DC0\"}");
    }

    @AfterEach
    void stop() {
        grpc.close();
        client.close();
        server.close();
    }

    /** Collects what a stream says. */
    private static final class Collector<T> implements StreamObserver<T> {
        final BlockingQueue<T> received = new LinkedBlockingQueue<>();
        final CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();

        @Override
        public void onNext(T message) {
            received.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            ended.complete(failure);
        }

        @Override
        public void onCompleted() {
            ended.complete(null);
        }

        T next() throws InterruptedException {
            T message = received.poll(10, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("nothing came; ended: " + ended);
            }
            return message;
        }
    }

    private InventoryServiceGrpc.InventoryServiceStub inventory() {
        return GrpcClient.with(InventoryServiceGrpc.newStub(grpc.channel()), client.token());
    }

    private EventServiceGrpc.EventServiceStub events() {
        return GrpcClient.with(EventServiceGrpc.newStub(grpc.channel()), client.token());
    }

    private void newFolder(String name) {
        assertThat(client.post("/api/v1/folders", "{\"parent\":\"/DC0/vm\",\"name\":\"" + name + "\"}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_watch_shows_each_change_after_its_cursor_once_and_in_order() throws Exception {
        String cursor = GrpcClient.with(InventoryServiceGrpc.newBlockingStub(grpc.channel()), client.token())
                .listObjects(ListObjectsRequest.getDefaultInstance())
                .getCursor();
        newFolder("before");
        Collector<WatchInventoryResponse> watch = new Collector<>();
        inventory()
                .watchInventory(
                        WatchInventoryRequest.newBuilder().setCursor(cursor).build(), watch);
        assertThat(watch.next().getCursor()).isEqualTo(cursor);
        assertThat(watch.next().getChanges(0).getObject().getName()).isEqualTo("before");

        newFolder("after");

        WatchInventoryResponse change = watch.next();
        assertThat(change.getChanges(0).getObject().getPath()).isEqualTo("/DC0/vm/after");
        Collector<WatchInventoryResponse> resumed = new Collector<>();
        inventory()
                .watchInventory(
                        WatchInventoryRequest.newBuilder()
                                .setCursor(change.getCursor())
                                .build(),
                        resumed);
        newFolder("later");
        resumed.next();
        assertThat(resumed.next().getChanges(0).getObject().getName()).isEqualTo("later");
        assertThat(watch.next().getChanges(0).getObject().getName()).isEqualTo("later");
    }

    @Test
    void a_removal_is_shown_by_id_and_kind() throws Exception {
        newFolder("doomed");
        String id = client.get("/api/v1/inventory:find?path=/DC0/vm/doomed")
                .json()
                .at("/object/id")
                .asString();
        Collector<WatchInventoryResponse> watch = new Collector<>();
        inventory().watchInventory(WatchInventoryRequest.getDefaultInstance(), watch);
        watch.next();

        client.delete("/api/v1/folders/" + id);

        var change = watch.next().getChanges(0);
        assertThat(change.getRemoved()).isTrue();
        assertThat(change.getObject().getId()).isEqualTo(id);
    }

    @Test
    void a_cursor_of_another_installation_is_invalid_and_one_from_the_future_too() throws Exception {
        for (String cursor : List.of("c1-00000000-1", "nonsense", "c1-" + installation() + "-999999")) {
            Collector<WatchInventoryResponse> watch = new Collector<>();
            inventory()
                    .watchInventory(
                            WatchInventoryRequest.newBuilder().setCursor(cursor).build(), watch);

            Throwable refusal = watch.ended.get(10, TimeUnit.SECONDS);
            assertThat(refusal).isInstanceOf(StatusRuntimeException.class);
            assertThat(EveryRpcTest.fault((StatusRuntimeException) refusal).getCode())
                    .as(cursor)
                    .isEqualTo("CURSOR_INVALID");
        }
    }

    private String installation() {
        return server.authority().installationId().toString().substring(0, 8);
    }

    @Test
    void a_stream_ends_with_its_session() throws Exception {
        Collector<WatchInventoryResponse> watch = new Collector<>();
        inventory().watchInventory(WatchInventoryRequest.getDefaultInstance(), watch);
        watch.next();

        client.delete("/api/v1/session");

        Throwable end = watch.ended.get(40, TimeUnit.SECONDS);
        assertThat(Status.fromThrowable(end).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void a_stream_is_told_when_the_server_goes_down() throws Exception {
        Collector<WatchInventoryResponse> watch = new Collector<>();
        inventory().watchInventory(WatchInventoryRequest.getDefaultInstance(), watch);
        watch.next();

        long begin = System.nanoTime();
        server.bean(ApiServer.class).close();

        Throwable end = watch.ended.get(10, TimeUnit.SECONDS);
        assertThat(Status.fromThrowable(end).getCode()).as("%s", end).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void a_stream_whose_client_goes_away_ends() throws Exception {
        Collector<WatchEventsResponse> watch = new Collector<>();
        events().watchEvents(WatchEventsRequest.newBuilder().setAfterSequence(1).build(), watch);
        watch.next();
        assertThat(streamThreads()).isEqualTo(1);

        grpc.close();

        Await.until("its thread is gone", BOUND, () -> streamThreads() == 0);
    }

    private int streamThreads() {
        return server.bean(OpenStreams.class).open();
    }

    @Test
    void events_come_without_gaps_however_many_and_however_slow_the_client() throws Exception {
        long begin = server.inventory().lastEventSequence();
        int count = 3 * EventFeed.RECENT_MAX;
        Collector<WatchEventsResponse> watch = new Collector<>();
        events().watchEvents(
                        WatchEventsRequest.newBuilder().setAfterSequence(begin).build(), watch);
        for (int i = 0; i < count; i++) {
            server.inventory()
                    .commit(InventoryWrite.builder()
                            .event(EventDraft.of(EventType.SERVER_STARTED, "Number " + i + "."))
                            .build());
        }

        long[] sequences = new long[count];
        for (int i = 0; i < count; i++) {
            sequences[i] = watch.next().getEvent().getSequence();
        }
        assertThat(sequences)
                .isEqualTo(LongStream.rangeClosed(begin + 1, begin + count).toArray());
    }

    @Test
    void events_can_be_paged_both_ways() {
        for (int i = 0; i < 5; i++) {
            newFolder("f" + i);
        }
        var newest = client.get("/api/v1/events?pageSize=2").json();
        var older = client.get("/api/v1/events?pageSize=2&pageToken="
                        + newest.at("/nextPageToken").asString())
                .json();

        assertThat(Long.parseLong(older.at("/events/0/sequence").asString()))
                .isEqualTo(Long.parseLong(newest.at("/events/1/sequence").asString()) - 1);
        var oldest = client.get("/api/v1/events?afterSequence=1&pageSize=2").json();
        assertThat(oldest.at("/events/0/sequence").asString()).isEqualTo("2");
        var wrong = client.get("/api/v1/events?afterSequence=1&pageToken="
                + newest.at("/nextPageToken").asString());
        assertThat(wrong.code()).isEqualTo("REQUEST_INVALID");
    }

    @Test
    void the_pages_of_a_list_show_one_moment() {
        for (int i = 0; i < 5; i++) {
            newFolder("page" + i);
        }
        var first = client.get("/api/v1/objects?ancestor=/DC0/vm&pageSize=3").json();
        newFolder("page9");
        client.delete("/api/v1/folders/" + first.at("/objects/0/id").asString());

        var second = client.get("/api/v1/objects?ancestor=/DC0/vm&pageSize=3&pageToken="
                        + first.at("/nextPageToken").asString())
                .json();

        assertThat(second.at("/objects").size()).isEqualTo(2);
        assertThat(second.at("/objects/1/name").asString()).isEqualTo("page4");
        assertThat(second.at("/cursor").asString())
                .isEqualTo(first.at("/cursor").asString());
        var changes = client.get("/api/v1/inventory:changes?cursor="
                        + second.at("/cursor").asString())
                .json();
        assertThat(changes.at("/changes").size()).isEqualTo(2);
    }
}
