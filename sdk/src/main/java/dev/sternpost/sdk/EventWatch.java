package dev.sternpost.sdk;

import dev.sternpost.proto.event.v1.Event;
import dev.sternpost.proto.event.v1.ListEventsRequest;
import dev.sternpost.proto.event.v1.WatchEventsRequest;
import dev.sternpost.proto.event.v1.WatchEventsResponse;
import java.util.List;

/** The loop of an event watch. */
final class EventWatch implements Runnable {
    private final SternpostClient client;
    private final SternpostSession session;
    private final String subject;
    private final EventHandler handler;
    private final Backoff backoff = new Backoff();
    private boolean positioned;
    private long sequence;

    EventWatch(
            SternpostClient client,
            SternpostSession session,
            long afterSequence,
            String subject,
            EventHandler handler) {
        this.client = client;
        this.session = session;
        this.sequence = afterSequence;
        this.positioned = afterSequence > 0;
        this.subject = subject;
        this.handler = handler;
    }

    @Override
    public void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (!positioned) {
                    sequence = newest();
                    positioned = true;
                }
                follow();
                Stream.pause(backoff.next());
            } catch (SternpostException e) {
                if (!TaskWaiter.passes(e)) {
                    if (Thread.currentThread().isInterrupted()) {
                        return; // Our own cancel comes back as a fault.
                    }
                    throw e;
                }
                handler.onInterruption(e);
                Stream.pause(backoff.next());
                client.reconnectNow();
            }
        }
    }

    // "From now on" is turned into a position first, so that a connection lost before the first event loses none.
    private long newest() {
        ListEventsRequest request =
                ListEventsRequest.newBuilder().setPageSize(1).build();
        List<Event> page =
                session.call(() -> session.events().listEvents(request)).getEventsList();
        return page.isEmpty() ? 0 : page.getFirst().getSequence();
    }

    private void follow() {
        WatchEventsRequest request = WatchEventsRequest.newBuilder()
                .setAfterSequence(sequence)
                .setSubject(subject)
                .build();
        session.call(() -> Stream.read(
                client,
                Stream.SLICE,
                () -> Stream.bounded(session.events(), Stream.SLICE).watchEvents(request),
                Stream.all(this::accept)));
    }

    private void accept(WatchEventsResponse answer) {
        backoff.reset();
        Event event = answer.getEvent();
        if (event.getSequence() > sequence) {
            handler.onEvent(event);
            sequence = event.getSequence();
        }
    }
}
