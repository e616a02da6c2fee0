package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConnectResponse;
import dev.sternpost.proto.agent.v1.EventAck;
import dev.sternpost.proto.agent.v1.Heartbeat;
import dev.sternpost.proto.agent.v1.Hello;
import dev.sternpost.proto.agent.v1.VmEvent;
import dev.sternpost.proto.agent.v1.Welcome;
import dev.sternpost.server.api.FaultStatus;
import dev.sternpost.server.availability.HaOrder;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of one agent. Its messages come one after the other; while one is handled the next ones wait in the network,
 * so a slow database slows the agents down instead of filling the memory.
 */
final class AgentStream implements StreamObserver<ConnectRequest> {
    private static final Logger log = LoggerFactory.getLogger(AgentStream.class);

    static final int PROTOCOL_VERSION = 1;

    private final HostId host;
    private final AgentLinks links;
    private final HostLink link;
    private final StreamObserver<ConnectResponse> out;

    /** Set by Hello; null before. Only touched by the stream's own messages. */
    private @Nullable Hello hello;

    // Guarded by out.
    private boolean ended;

    AgentStream(HostId host, AgentLinks links, HostLink link, StreamObserver<ConnectResponse> out) {
        this.host = host;
        this.links = links;
        this.link = link;
        this.out = out;
    }

    HostId host() {
        return host;
    }

    /** Sends a message; false when the stream has ended. */
    boolean send(ConnectResponse message) {
        synchronized (out) {
            if (ended) {
                return false;
            }
            try {
                out.onNext(message);
                return true;
            } catch (RuntimeException e) {
                // The stream broke under us; its end is reported by itself.
                log.debug("{}: cannot send: {}", host, e.toString());
                return false;
            }
        }
    }

    /** Tells the host what to keep up for high availability; false when the stream has ended. */
    boolean send(HaOrder order) {
        return send(ConnectResponse.newBuilder()
                .setAvailabilityConfig(AvailabilityMessages.config(order))
                .build());
    }

    /** Ends the stream and tells the agent why. */
    void end(Fault why) {
        synchronized (out) {
            if (!ended) {
                ended = true;
                out.onError(FaultStatus.of(why));
            }
        }
        released();
    }

    @Override
    public void onNext(ConnectRequest message) {
        try {
            Hello said = hello;
            if (said == null) {
                greet(message);
            } else {
                handle(message, said);
            }
        } catch (FaultException e) {
            log.info("{}: stream ended: {} {}", host, e.getMessage(), e.fault().context());
            end(e.fault());
        } catch (IllegalArgumentException e) {
            log.warn("{}: stream ended, its agent says what makes no sense: {}", host, e.getMessage());
            end(Fault.of(FaultCode.REQUEST_INVALID, "The message makes no sense: %s.".formatted(e.getMessage())));
        } catch (RuntimeException e) {
            // Wide on purpose: the edge. The agent connects again and reports everything anew.
            log.error("{}: stream ended, a report could not be taken", host, e);
            end(Fault.of(FaultCode.INTERNAL_ERROR, "The server could not take the report. Connect again."));
        }
    }

    private void greet(ConnectRequest message) {
        if (!message.hasHello()) {
            throw new FaultException(FaultCode.REQUEST_INVALID, "The first message must be Hello.");
        }
        Hello said = message.getHello();
        if (said.getProtocolVersion() != PROTOCOL_VERSION) {
            throw new FaultException(
                    FaultCode.PROTOCOL_VERSION_UNSUPPORTED,
                    "This server speaks version %d of the agent protocol, not %d. Install an agent that fits."
                            .formatted(PROTOCOL_VERSION, said.getProtocolVersion()));
        }
        if (!said.getHostId().equals(host.value())) {
            throw new FaultException(new Fault(
                    FaultCode.CERTIFICATE_REFUSED,
                    "The certificate is %s's, but the agent says it is another host. Enrol it again.".formatted(host),
                    "it says \"" + said.getHostId() + "\"",
                    host.value()));
        }
        link.reporting(() -> {
            if (!links.reports().connected(host, said.getIncarnation(), said.getAgentVersion())) {
                throw new FaultException(new Fault(
                        FaultCode.STALE_EPOCH,
                        "A later start of this agent has been seen. End this one.",
                        "incarnation " + said.getIncarnation(),
                        host.value()));
            }
            hello = said;
            send(ConnectResponse.newBuilder()
                    .setWelcome(Welcome.newBuilder()
                            .setProtocolVersion(PROTOCOL_VERSION)
                            .setHeartbeatIntervalMs(links.heartbeatInterval().toMillis())
                            .setStatisticsIntervalMs(
                                    links.statistics().interval().toMillis())
                            .setStatisticsAfterEpochMs(links.statistics().newestName(host, said.getIncarnation())))
                    .build());
            AgentStream older = link.adopt(this);
            links.availability().told(host).ifPresent(this::send);
            if (older != null) {
                older.end(Fault.of(FaultCode.OPERATION_CANCELLED, "A newer stream of this host has taken over."));
            }
        });
        log.info("{} connected, agent {} incarnation {}", host, said.getAgentVersion(), said.getIncarnation());
    }

    private void handle(ConnectRequest message, Hello said) {
        switch (message.getMessageCase()) {
            case HELLO -> throw new FaultException(FaultCode.REQUEST_INVALID, "Hello was said already.");
            case HEARTBEAT -> {
                Heartbeat beat = message.getHeartbeat();
                links.beat(host, beat.getMemoryFreeBytes());
                report(() -> links.reports().heard(host));
            }
            case HOST_FACTS -> {
                var description = ReportMessages.description(message.getHostFacts(), said.getAgentVersion());
                report(() -> links.reports().described(host, description));
            }
            case VM_INVENTORY -> {
                var vms = message.getVmInventory().getVmsList().stream()
                        .map(ReportMessages::observation)
                        .toList();
                report(() -> links.reports().inventory(host, vms));
            }
            case VM_STATUS -> {
                var vm = ReportMessages.observation(message.getVmStatus());
                report(() -> links.reports().observed(host, vm));
            }
            case VM_EVENT -> happened(message.getVmEvent());
            case COMMAND_PROGRESS -> ifCurrent(() -> link.progress(message.getCommandProgress()));
            case COMMAND_RESULT -> ifCurrent(() -> link.result(message.getCommandResult()));
            case STATISTICS_REPORT -> {
                var measurement = StatisticsMessages.measurement(message.getStatisticsReport());
                ifCurrent(() -> links.statistics().measured(host, said.getIncarnation(), measurement));
            }
            case AVAILABILITY_STATUS -> {
                var availability = AvailabilityMessages.report(message.getAvailabilityStatus());
                ifCurrent(() -> links.availability(host, availability));
            }
            case MESSAGE_NOT_SET ->
                // A kind of message this server does not know, from a newer agent of the same protocol version.
                log.debug("{}: unknown message", host);
        }
    }

    private void happened(VmEvent event) {
        Runnable stored = AvailabilityMessages.isAvailability(event) ? availability(event) : toVm(event);
        report(() -> {
            stored.run();
            send(ConnectResponse.newBuilder()
                    .setEventAck(EventAck.newBuilder().setEventNumber(event.getEventNumber()))
                    .build());
        });
    }

    private Runnable toVm(VmEvent event) {
        var happening = ReportMessages.happening(event);
        return () -> links.reports().happened(host, happening);
    }

    private Runnable availability(VmEvent event) {
        var happening = AvailabilityMessages.happening(event);
        return () -> happening.ifPresentOrElse(
                known -> links.reports().happened(host, known),
                () -> log.info("{}: {} is not known here: {}", host, event.getKind(), event.getDetail()));
    }

    /** Reports of a stream that was replaced are dropped: the newer stream reports everything itself. */
    private void report(Runnable report) {
        link.reporting(() -> ifCurrent(report));
    }

    private void ifCurrent(Runnable action) {
        if (link.isCurrent(this)) {
            action.run();
        }
    }

    @Override
    public void onError(Throwable cause) {
        synchronized (out) {
            ended = true;
        }
        released();
    }

    @Override
    public void onCompleted() {
        synchronized (out) {
            if (!ended) {
                ended = true;
                out.onCompleted();
            }
        }
        released();
    }

    private void released() {
        Hello said = hello;
        if (said != null && link.release(this)) {
            log.info("{} disconnected", host);
            link.reporting(() -> links.reports().streamEnded(host, said.getIncarnation()));
        }
    }
}
