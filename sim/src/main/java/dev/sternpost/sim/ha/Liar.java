package dev.sternpost.sim.ha;

import dev.sternpost.ha.lease.Terms;
import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.policy.ConfigExchange;
import dev.sternpost.ha.text.Lines;
import dev.sternpost.testkit.Generator;

/** A member that gives numbers that cannot be, now and then: in what it says, and in what it writes. */
final class Liar {
    private static final double OFTEN = 0.5;

    private final Generator random;

    Liar(Generator random) {
        this.random = random;
    }

    private long term(long term) {
        return switch (random.between(0, 6)) {
            case 0 -> term + Terms.HEARSAY_RISE_MAX;
            case 1 -> term + Terms.HEARSAY_RISE_MAX + 1;
            case 2 -> term + Terms.RECORD_RISE_MAX;
            case 3 -> Terms.TERM_MAX;
            case 4 -> Long.MAX_VALUE;
            case 5 -> -random.between(1, 9);
            default -> term;
        };
    }

    long version(long version) {
        return switch (random.between(0, 5)) {
            case 0 -> version + random.between(1, 9);
            case 1 -> version + ConfigExchange.VERSION_RISE_MAX + random.between(1, 9);
            case 2 -> Long.MAX_VALUE - random.between(0, 3);
            case 3 -> -version;
            default -> version;
        };
    }

    Message said(Message message) {
        if (!random.chance(OFTEN)) {
            return message;
        }
        return switch (message) {
            case Message.Heartbeat beat ->
                new Message.Heartbeat(
                        beat.from(),
                        random.chance(OFTEN) ? beat.incarnation() : Long.MAX_VALUE - random.between(0, 3),
                        beat.sequence(),
                        term(beat.term()),
                        beat.leaseHeld(),
                        beat.vms(),
                        beat.silent());
            case Message.StartOrder order ->
                new Message.StartOrder(
                        order.from(), term(order.term()), order.vmId(), order.expected(), order.generation());
            case Message.StartAnswer answer -> answer;
        };
    }

    /** The coordinator's lease with another term; everything else is written as it is. */
    String written(String content) {
        return Lines.decode("coordinator", content)
                .filter(lines -> random.chance(OFTEN))
                .map(lines -> lines.with("term", term(lines.number("term"))).encoded())
                .orElse(content);
    }
}
