package dev.sternpost.agent.operation;

import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done with the machine itself: it goes off, or wakes others. */
final class MachineOperations {
    private static final Logger log = LoggerFactory.getLogger(MachineOperations.class);

    /** So long the answer has to reach the server before the machine goes off. */
    private static final Duration BEFORE_OFF = Duration.ofSeconds(2);

    private static final Duration COMMAND_MAX = Duration.ofSeconds(60);

    /** The port named "discard", where magic packets go by custom. */
    private static final int MAGIC_PORT = 9;

    /** As often a magic packet is sent, since nobody acknowledges one. */
    private static final int MAGIC_REPEATS = 3;

    private static final int PACKET_BYTES_MAX = 1_024;

    private final HostKit host;
    private final Vms vms;
    private final Workers workers;

    MachineOperations(HostKit host, Vms vms, Workers workers) {
        this.host = host;
        this.vms = vms;
        this.workers = workers;
    }

    /**
     * Begins to switch the machine off; it happens a moment later, so that the answer gets out and its sender does not send it again
     * when the machine is back.
     *
     * @throws FaultException VM_RUNNING while a virtual machine has a process here
     */
    void powerOff() {
        requireEmpty();
        boolean begun = workers.start("power-off", () -> {
            try {
                Thread.sleep(BEFORE_OFF);
                requireEmpty();
                log.info("this machine is switched off: {}", String.join(" ", host.powerOffCommand()));
                HostCommand.require(COMMAND_MAX, host.powerOffCommand());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (FaultException e) {
                log.error(
                        "this machine is not switched off: {} {}",
                        e.getMessage(),
                        e.fault().context());
            }
        });
        if (!begun) {
            throw Fault.of(FaultCode.HOST_ERROR, "The agent is ending; try again.")
                    .exception();
        }
    }

    private void requireEmpty() {
        List<String> running = vms.entries().stream()
                .filter(entry -> entry.running().isPresent())
                .map(VmEntry::vmId)
                .toList();
        if (!running.isEmpty()) {
            throw Fault.of(
                            FaultCode.VM_RUNNING,
                            "%s is not switched off while virtual machines run there (%s). Move them away first."
                                    .formatted(host.hostId(), String.join(", ", running)))
                    .exception();
        }
    }

    /** Sends a packet to everybody on every segment this machine is on. */
    static void broadcast(byte[] packet) {
        if (packet.length == 0 || packet.length > PACKET_BYTES_MAX) {
            throw new IllegalArgumentException("a packet of " + packet.length + " bytes");
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setBroadcast(true);
            for (InetAddress segment : segments()) {
                for (int i = 0; i < MAGIC_REPEATS; i++) {
                    socket.send(new DatagramPacket(packet, packet.length, segment, MAGIC_PORT));
                }
            }
        } catch (IOException e) {
            throw new FaultException(
                    Fault.of(
                                    FaultCode.HOST_ERROR,
                                    "No packet could be sent to the host's segment. Look at its network.")
                            .withContext(String.valueOf(e.getMessage())),
                    e);
        }
    }

    private static Set<InetAddress> segments() throws IOException {
        Set<InetAddress> segments = new HashSet<>();
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            if (each.isUp() && !each.isLoopback()) {
                each.getInterfaceAddresses().stream()
                        .map(InterfaceAddress::getBroadcast)
                        .filter(Objects::nonNull)
                        .forEach(segments::add);
            }
        }
        if (segments.isEmpty()) {
            throw new IOException("no interface is on a segment");
        }
        return segments;
    }
}
