package dev.sternpost.server.api;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.event.v1.EventServiceGrpc;
import dev.sternpost.proto.event.v1.ListEventsRequest;
import dev.sternpost.proto.event.v1.ListEventsResponse;
import dev.sternpost.proto.event.v1.WatchEventsRequest;
import dev.sternpost.proto.event.v1.WatchEventsResponse;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The event trail. */
final class EventEndpoint extends EventServiceGrpc.EventServiceImplBase {
    private static final int PAGE_SIZE_DEFAULT = 50;
    private static final int BATCH = 200;

    private final Inventory inventory;
    private final EventFeed feed;
    private final ServerStream.Surroundings streams;

    EventEndpoint(Inventory inventory, EventFeed feed, ServerStream.Surroundings streams) {
        this.inventory = inventory;
        this.feed = feed;
        this.streams = streams;
    }

    @Override
    public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> answer) {
        boolean oldestFirst = request.getAfterSequence() > 0;
        String list = "ListEvents " + oldestFirst + " " + request.getSubject() + " " + request.getTaskId();
        int size = PageToken.size(request.getPageSize(), PAGE_SIZE_DEFAULT);
        long bound = bound(PageToken.position(list, request.getPageToken()), request.getAfterSequence());
        EventQuery.Order order = oldestFirst ? EventQuery.Order.OLDEST_FIRST : EventQuery.Order.NEWEST_FIRST;
        List<Event> events = inventory.events(
                new EventQuery(order, bound, subject(request.getSubject()), request.getTaskId(), size));
        ListEventsResponse.Builder response = ListEventsResponse.newBuilder();
        events.forEach(event -> response.addEvents(message(event)));
        if (events.size() == size
                && !(order == EventQuery.Order.NEWEST_FIRST && events.getLast().sequence() == 1)) {
            response.setNextPageToken(
                    PageToken.of(list, Long.toString(events.getLast().sequence())));
        }
        Answers.one(answer, response.build());
    }

    private static long bound(String position, long afterSequence) {
        if (afterSequence < 0) {
            throw new FaultException(FaultCode.REQUEST_INVALID, "after_sequence must not be negative.");
        }
        try {
            return position.isEmpty() ? afterSequence : Long.parseLong(position);
        } catch (NumberFormatException e) {
            throw PageToken.invalid();
        }
    }

    /** An id is taken as it is: events outlive their objects. */
    private @Nullable ManagedObjectId subject(String reference) {
        if (reference.isEmpty()) {
            return null;
        }
        return ManagedObjectId.tryParse(reference)
                .orElseGet(() -> inventory.snapshot().resolve(reference).id());
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> answer) {
        long begin = request.getAfterSequence() == 0 ? feed.newest() : bound("", request.getAfterSequence());
        EventQuery filter = EventQuery.after(0, 1).about(subject(request.getSubject()));
        ServerStream.start(answer, streams, stream -> watch(begin, filter, stream));
    }

    private void watch(long begin, EventQuery filter, ServerStream<WatchEventsResponse> stream)
            throws InterruptedException {
        long sequence = begin;
        while (true) {
            for (Event event : feed.after(sequence, BATCH)) {
                sequence = event.sequence();
                if (filter.matches(event)) {
                    stream.send(WatchEventsResponse.newBuilder()
                            .setEvent(message(event))
                            .build());
                }
            }
            stream.look();
            feed.awaitAfter(sequence, ServerStream.LOOK);
        }
    }

    private static dev.sternpost.proto.event.v1.Event message(Event event) {
        ManagedObjectId subject = event.subjectId();
        HostId host = event.hostId();
        dev.sternpost.proto.event.v1.Event.Builder message = dev.sternpost.proto.event.v1.Event.newBuilder()
                .setSequence(event.sequence())
                .setType(event.type().eventName())
                .setSeverity(Enums.of(event.severity()))
                .setCreateTime(Times.of(event.time()))
                .setSubjectId(subject == null ? "" : subject.value())
                .setSubjectName(event.subjectName())
                .setHostId(host == null ? "" : host.value())
                .setUserName(event.userName())
                .setTaskId(event.taskId())
                .setMessage(event.message());
        Instant occurred = event.draft().occurredTime();
        if (occurred != null) {
            message.setOccurTime(Times.of(occurred));
        }
        return message.build();
    }
}
