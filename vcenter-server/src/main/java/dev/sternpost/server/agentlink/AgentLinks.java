package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConnectResponse;
import dev.sternpost.server.api.HostStreams;
import dev.sternpost.server.availability.HaLink;
import dev.sternpost.server.availability.HaReport;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostProgress;
import dev.sternpost.server.host.HostReports;
import dev.sternpost.server.statistics.Statistics;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The links to all hosts: where commands go out and from where reports come in. */
public final class AgentLinks implements HostCommands, HostStreams, AutoCloseable {
    private final Inventory inventory;
    private final Supplier<HostReports> reports;
    private final Statistics statistics;
    private final HaLink availability;
    private final InstantSource time;
    private final Duration heartbeatInterval;
    private final Map<HostId, HostLink> links = new ConcurrentHashMap<>();
    private final Map<HostId, Beat> beats = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timers;

    /**
     * @param reports asked for late: what takes reports sends commands too
     * @param heartbeatInterval how often agents are asked to give a sign of life
     */
    public AgentLinks(
            Inventory inventory,
            Supplier<HostReports> reports,
            Statistics statistics,
            HaLink availability,
            InstantSource time,
            Duration heartbeatInterval) {
        this.inventory = inventory;
        this.reports = reports;
        this.statistics = statistics;
        this.availability = availability;
        this.time = time;
        this.heartbeatInterval = heartbeatInterval;
        this.timers = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("agent-timeouts").factory());
        timers.setRemoveOnCancelPolicy(true);
        availability.sendBy((host, order) -> link(host).stream().ifPresent(stream -> stream.send(order)));
    }

    @Override
    public CompletionStage<HostAnswer> send(
            HostId hostId, HostCommand command, Duration timeout, Consumer<HostProgress> progress) {
        CompletableFuture<HostAnswer> answer = new CompletableFuture<>();
        PendingCommand.Waiter waiter = new PendingCommand.Waiter(answer, progress);
        HostLink link = link(hostId);
        PendingCommand entry = link.offer(CommandMessages.of(command), waiter);
        ScheduledFuture<?> timer = timers.schedule(
                () -> answer.completeExceptionally(entry.timedOut(name(hostId))),
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
        return answer.whenComplete((done, failure) -> {
            timer.cancel(false);
            link.withdraw(entry, waiter);
        });
    }

    @Override
    public boolean isConnected(HostId hostId) {
        HostLink link = links.get(hostId);
        return link != null && link.isConnected();
    }

    @Override
    public void overtaken(VirtualMachineId vmId, HostId runsOn, Fault fault) {
        InventorySnapshot snapshot = inventory.snapshot();
        links.forEach((host, link) -> {
            boolean responds = snapshot.find(host).filter(Host::isConnected).isPresent();
            if (!responds && !host.equals(runsOn)) {
                link.giveUp(vmId, fault);
            }
        });
    }

    @Override
    public void forgetTask(HostId hostId, String taskId) {
        link(hostId).forgetTask(taskId);
    }

    @Override
    public Optional<Beat> last(HostId host) {
        return Optional.ofNullable(beats.get(host));
    }

    @Override
    public void cut(HostId host) {
        HostLink link = links.get(host);
        if (link != null) {
            link.stream()
                    .ifPresent(stream -> stream.end(Fault.of(
                                    FaultCode.CERTIFICATE_REFUSED,
                                    "The host's certificate was withdrawn. Enrol the host again with a new token.")
                            .about(host.value())));
        }
    }

    /** A new stream of a host whose certificate was checked. */
    StreamObserver<ConnectRequest> open(HostId host, StreamObserver<ConnectResponse> out) {
        return new AgentStream(host, this, link(host), out);
    }

    HostReports reports() {
        return reports.get();
    }

    Statistics statistics() {
        return statistics;
    }

    HaLink availability() {
        return availability;
    }

    void availability(HostId host, HaReport report) {
        availability.reported(host, report, time.instant());
    }

    Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    void beat(HostId host, long memoryFreeBytes) {
        beats.put(host, new Beat(time.instant(), memoryFreeBytes));
    }

    /** One for each host there ever was since the start: few, and small when idle. */
    private HostLink link(HostId host) {
        return links.computeIfAbsent(host, HostLink::new);
    }

    private String name(HostId host) {
        return inventory.snapshot().find(host).map(Host::name).orElse(host.value());
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
