package dev.sternpost.agent.endpoint;

import dev.sternpost.agent.availability.Availability;
import dev.sternpost.agent.ledger.EventRecord;
import dev.sternpost.agent.ledger.Ledger;
import dev.sternpost.agent.operation.AgentCommand;
import dev.sternpost.agent.operation.Operations;
import dev.sternpost.agent.operation.Outcome;
import dev.sternpost.agent.statistics.Statistics;
import dev.sternpost.agent.statistics.StatisticsReport;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.AgentLinkServiceGrpc;
import dev.sternpost.proto.agent.v1.AvailabilityConfig;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConnectResponse;
import dev.sternpost.proto.agent.v1.Hello;
import dev.sternpost.proto.agent.v1.HostFacts;
import dev.sternpost.proto.agent.v1.Welcome;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream to the server, from Hello to its end. Messages wait in a bounded queue and are written by one thread, no
 * faster than the server takes them; a server too slow for the queue loses the stream and gets the whole inventory with
 * the next one.
 */
final class LinkSession {

    private static final Logger log = LoggerFactory.getLogger(LinkSession.class);

    static final int PROTOCOL_VERSION = 1;
    private static final int QUEUE_MAX = 4096;
    private static final int QUEUE_MAX_FOR_PROGRESS = QUEUE_MAX / 4;
    private static final long WELCOME_SECONDS_MAX = 10;
    private static final long HEARTBEAT_MILLIS_MIN = 100;
    private static final long HEARTBEAT_MILLIS_MAX = 60_000;
    private static final long FACTS_MILLIS = 5_000;
    private static final long AVAILABILITY_MILLIS = 1_500;
    /** Statistics wait where they are until the queue is shorter than this. */
    private static final int QUEUE_MAX_FOR_STATISTICS = 32;

    private final Ledger ledger;
    private final Operations operations;
    private final Outbox outbox;
    private final HostFactsSource facts;
    private final Statistics statistics;
    private final Availability availability;
    private final HostLoad load = new HostLoad();
    private final ArrayBlockingQueue<ConnectRequest> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final CompletableFuture<Welcome> welcome = new CompletableFuture<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final Object ready = new Object();
    private @Nullable ClientCallStreamObserver<ConnectRequest> stream;
    private long lastEventSent;
    private long lastStatisticsSent;
    private Runnable welcomed = () -> {};

    LinkSession(LinkedHost host, Outbox outbox) {
        this.ledger = host.ledger();
        this.operations = host.operations();
        this.outbox = outbox;
        this.facts = host.facts();
        this.statistics = host.statistics();
        this.availability = host.availability();
    }

    /**
     * Opens the stream and stays until it ends.
     *
     * @return why it ended
     */
    Result run(Channel channel, Hello hello) throws InterruptedException {
        AgentLinkServiceGrpc.newStub(channel).connect(new FromServer());
        Thread writer = Thread.ofVirtual().name("link-writer").start(this::writeAll);
        boolean accepted = false;
        try {
            queue.add(ConnectRequest.newBuilder().setHello(hello).build());
            Welcome answer = awaitWelcome();
            if (answer == null) {
                return new Result(
                        false, end.getNow(Status.DEADLINE_EXCEEDED.withDescription("the server does not answer")));
            }
            accepted = true;
            welcomed.run();
            if (answer.getStatisticsIntervalMs() > 0) {
                statistics.interval(Duration.ofMillis(answer.getStatisticsIntervalMs()));
            }
            lastStatisticsSent = answer.getStatisticsAfterEpochMs();
            greet();
            keepAlive(Math.clamp(answer.getHeartbeatIntervalMs(), HEARTBEAT_MILLIS_MIN, HEARTBEAT_MILLIS_MAX));
            return new Result(true, end.getNow(Status.UNKNOWN));
        } finally {
            outbox.detach(this);
            cancel(accepted ? "the stream has ended" : "no welcome");
            writer.interrupt();
            writer.join();
        }
    }

    /**
     * @param welcomed whether the server had accepted the stream
     * @param status how it ended
     */
    record Result(boolean welcomed, Status status) {}

    /** What to do once, when the server has accepted the stream; said before {@link #run}. */
    void whenWelcomed(Runnable action) {
        welcomed = action;
    }

    /** Queues a message; never blocks. */
    void send(ConnectRequest message) {
        if (!queue.offer(message)) {
            cancel("the server does not keep up");
        }
    }

    /** Whether there is room for messages that nobody misses. */
    boolean hasRoomForProgress() {
        return queue.size() < QUEUE_MAX_FOR_PROGRESS;
    }

    /** Queues the events of the ledger that this stream has not carried yet. */
    synchronized void sendEvents() {
        for (EventRecord event : ledger.unacknowledgedEvents()) {
            if (event.number() > lastEventSent) {
                lastEventSent = event.number();
                send(ConnectRequest.newBuilder()
                        .setVmEvent(ReportWriter.event(event))
                        .build());
            }
        }
    }

    /**
     * Queues what was measured since the last report on this stream, as far as there is room; the rest comes with the next
     * round or heartbeat.
     */
    synchronized void sendStatistics() {
        int room = QUEUE_MAX_FOR_STATISTICS - queue.size();
        for (StatisticsReport report : statistics.reports().after(lastStatisticsSent, Math.max(0, room))) {
            lastStatisticsSent = report.sampleEpochMillis();
            send(ConnectRequest.newBuilder()
                    .setStatisticsReport(StatisticsWriter.report(report))
                    .build());
        }
    }

    void cancel(String why) {
        end.complete(Status.CANCELLED.withDescription(why));
        ClientCallStreamObserver<ConnectRequest> current;
        synchronized (ready) {
            current = stream;
            ready.notifyAll();
        }
        if (current != null) {
            current.cancel(why, null);
        }
    }

    private @Nullable Welcome awaitWelcome() throws InterruptedException {
        try {
            CompletableFuture.anyOf(welcome, end).get(WELCOME_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("neither future ever fails", e);
        } catch (TimeoutException e) {
            return null;
        }
        return welcome.getNow(null);
    }

    /** The whole truth first; changes from now on follow it in the queue. */
    private void greet() {
        send(ConnectRequest.newBuilder().setHostFacts(facts.now()).build());
        outbox.attach(this);
        send(ConnectRequest.newBuilder()
                .setVmInventory(ReportWriter.inventory(operations.inventory()))
                .build());
        sendEvents();
        sendAvailability();
    }

    private void sendAvailability() {
        send(ConnectRequest.newBuilder()
                .setAvailabilityStatus(AvailabilityMessages.status(availability.view()))
                .build());
    }

    private void keepAlive(long intervalMillis) throws InterruptedException {
        HostFacts told = facts.now();
        long factsNanos = System.nanoTime();
        long availabilityNanos = factsNanos;
        while (!end.isDone()) {
            send(ConnectRequest.newBuilder().setHeartbeat(load.heartbeat()).build());
            sendStatistics();
            if (System.nanoTime() - factsNanos > FACTS_MILLIS * 1_000_000) {
                factsNanos = System.nanoTime();
                HostFacts now = facts.now();
                if (HostFactsSource.differ(told, now)) {
                    told = now;
                    send(ConnectRequest.newBuilder().setHostFacts(now).build());
                }
            }
            if (availability.isOn() && System.nanoTime() - availabilityNanos > AVAILABILITY_MILLIS * 1_000_000) {
                availabilityNanos = System.nanoTime();
                sendAvailability();
            }
            try {
                end.get(intervalMillis, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // Time for the next heartbeat.
            } catch (ExecutionException e) {
                throw new IllegalStateException("the end of a stream never fails", e);
            }
        }
    }

    private void writeAll() {
        try {
            while (!end.isDone()) {
                ConnectRequest message = queue.take();
                awaitReady().onNext(message);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // gRPC throws when the call has ended meanwhile; its end is reported by the call itself.
            log.debug("the stream does not take more messages: {}", e.toString());
            cancel("the stream does not take more messages");
        }
    }

    private ClientCallStreamObserver<ConnectRequest> awaitReady() throws InterruptedException {
        synchronized (ready) {
            while (stream == null || !stream.isReady()) {
                if (end.isDone()) {
                    throw new InterruptedException("the stream has ended");
                }
                ready.wait(1_000);
            }
            return stream;
        }
    }

    private void heard(ConnectResponse response) {
        switch (response.getMessageCase()) {
            case WELCOME -> heardWelcome(response.getWelcome());
            case COMMAND -> heardCommand(response.getCommand());
            case EVENT_ACK -> ledger.acknowledgeEvents(response.getEventAck().getEventNumber());
            case TASK_FORGOTTEN ->
                operations.forgetTask(response.getTaskForgotten().getTaskId());
            case AVAILABILITY_CONFIG -> heardAvailability(response.getAvailabilityConfig());
            case MESSAGE_NOT_SET -> log.warn("the server sent a message this agent does not know");
        }
    }

    private void heardWelcome(Welcome answer) {
        if (answer.getProtocolVersion() > PROTOCOL_VERSION) {
            cancel("the server insists on protocol version " + answer.getProtocolVersion() + "; update this agent");
            return;
        }
        welcome.complete(answer);
    }

    private void heardAvailability(AvailabilityConfig config) {
        try {
            availability.configure(AvailabilityMessages.plan(config));
        } catch (IllegalArgumentException e) {
            log.error("what the server wants to be kept up makes no sense, and is passed over: {}", e.getMessage());
        }
        sendAvailability();
    }

    private void heardCommand(Command command) {
        AgentCommand order;
        try {
            order = CommandReader.read(command);
        } catch (FaultException e) {
            log.warn("refused {}: {}", command.getCommandId(), e.getMessage());
            outbox.finished(command.getCommandId(), new Outcome(e.fault(), null, null));
            return;
        }
        operations.submit(order);
    }

    /** Hears the server. gRPC calls one after the other. */
    private final class FromServer implements ClientResponseObserver<ConnectRequest, ConnectResponse> {

        @Override
        public void beforeStart(ClientCallStreamObserver<ConnectRequest> requests) {
            requests.setOnReadyHandler(() -> {
                synchronized (ready) {
                    ready.notifyAll();
                }
            });
            synchronized (ready) {
                stream = requests;
                ready.notifyAll();
            }
        }

        @Override
        public void onNext(ConnectResponse response) {
            heard(response);
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure));
            wake();
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
            wake();
        }

        private void wake() {
            synchronized (ready) {
                ready.notifyAll();
            }
        }
    }
}
