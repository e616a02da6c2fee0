package dev.sternpost.ha.message;

import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.ha.text.Lines;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What one host says to another. May be lost, late, doubled and out of order. */
public sealed interface Message {
    /** Who says it. */
    HostId from();

    /**
     * Sent by every host to every other, again and again.
     *
     * @param sequence rises with each, so that a late one does not undo what a later one said
     * @param term the highest coordinator's term this host knows of
     * @param leaseHeld whether its own lease is good, so that it may be given virtual machines
     * @param vms its protected virtual machines
     * @param silent leases of other hosts that it looks at and that do not move
     */
    record Heartbeat(
            HostId from,
            long incarnation,
            long sequence,
            long term,
            boolean leaseHeld,
            SortedMap<VirtualMachineId, VmEntry> vms,
            SortedMap<HostId, Sighting> silent)
            implements Message {
        public Heartbeat {
            Objects.requireNonNull(from, "from");
            vms = Collections.unmodifiableSortedMap(new TreeMap<>(vms));
            silent = silent.isEmpty()
                    ? Collections.emptySortedMap()
                    : Collections.unmodifiableSortedMap(new TreeMap<>(silent));
        }
    }

    /**
     * The coordinator has a virtual machine started.
     *
     * @param term of the coordinator; a host that knows a higher one refuses
     * @param expected what its lock must say now
     * @param generation under which it is to run
     */
    record StartOrder(HostId from, long term, VirtualMachineId vmId, LockState expected, long generation)
            implements Message {
        public StartOrder {
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(vmId, "vmId");
            Objects.requireNonNull(expected, "expected");
            if (!expected.mayRise() || generation > LockState.GENERATION_MAX) {
                throw new IllegalArgumentException("%s: no generation can follow %s".formatted(vmId, expected));
            }
            if (generation <= expected.generation()) {
                throw new IllegalArgumentException(
                        "%s: generation %d does not rise above %s".formatted(vmId, generation, expected));
            }
        }
    }

    /**
     * What became of an order.
     *
     * @param lock what the lock says, as far as the host knows
     * @param reason why not, in words; empty when it was started
     */
    record StartAnswer(
            HostId from, VirtualMachineId vmId, long generation, Outcome outcome, LockState lock, String reason)
            implements Message {
        public StartAnswer {
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(vmId, "vmId");
            Objects.requireNonNull(outcome, "outcome");
            Objects.requireNonNull(lock, "lock");
            // Somebody else's words, such as QEMU's, which may be many lines.
            String words = reason.replaceAll("\\s+", " ");
            reason = words.length() <= REASON_LENGTH_MAX ? words : words.substring(0, REASON_LENGTH_MAX);
        }

        private static final int REASON_LENGTH_MAX = 500;
    }

    /** How an order ended. */
    enum Outcome {
        /** It runs. */
        STARTED,
        /** The lock says something else than was expected. */
        LOCKED,
        /** The host cannot at present; another may. */
        REFUSED,
        /** The host tried and could not. */
        FAILED
    }

    /** As it is sent. */
    default String encoded() {
        return switch (this) {
            case Heartbeat beat ->
                Lines.of("heartbeat")
                        .with("from", beat.from)
                        .with("incarnation", beat.incarnation)
                        .with("sequence", beat.sequence)
                        .with("term", beat.term)
                        .with("leaseHeld", beat.leaseHeld)
                        .with("vms", VmTable.encodedEntries(beat.vms.values()))
                        .with("silent", Sighting.encoded(beat.silent))
                        .encoded();
            case StartOrder order ->
                Lines.of("start-order")
                        .with("from", order.from)
                        .with("term", order.term)
                        .with("vm", order.vmId)
                        .with("expected", order.expected.encoded())
                        .with("generation", order.generation)
                        .encoded();
            case StartAnswer answer ->
                Lines.of("start-answer")
                        .with("from", answer.from)
                        .with("vm", answer.vmId)
                        .with("generation", answer.generation)
                        .with("outcome", answer.outcome)
                        .with("lock", answer.lock.encoded())
                        .with("reason", answer.reason)
                        .encoded();
        };
    }

    /** Empty when the text is no message, such as one of a later version. */
    static Optional<Message> decode(String text) {
        try {
            return Lines.decode("heartbeat", text)
                    .<Message>map(lines -> new Heartbeat(
                            new HostId(lines.text("from")),
                            lines.number("incarnation"),
                            lines.number("sequence"),
                            lines.number("term"),
                            lines.flag("leaseHeld"),
                            VmTable.parseEntries(lines.text("vms")),
                            Sighting.parseAll(lines.text("silent"))))
                    .or(() -> Lines.decode("start-order", text)
                            .map(lines -> new StartOrder(
                                    new HostId(lines.text("from")),
                                    lines.number("term"),
                                    new VirtualMachineId(lines.text("vm")),
                                    LockState.parse(lines.text("expected")),
                                    lines.number("generation"))))
                    .or(() -> Lines.decode("start-answer", text)
                            .map(lines -> new StartAnswer(
                                    new HostId(lines.text("from")),
                                    new VirtualMachineId(lines.text("vm")),
                                    lines.number("generation"),
                                    Outcome.valueOf(lines.text("outcome")),
                                    LockState.parse(lines.text("lock")),
                                    lines.text("reason"))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
