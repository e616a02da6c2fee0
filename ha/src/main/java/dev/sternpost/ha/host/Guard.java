package dev.sternpost.ha.host;

import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening.Kind;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Holds a host's lease, and stops the host's protected virtual machines when it cannot: before anybody else may start them.
 *
 * <p>It is small and runs in a process of its own, so that the agent may die, hang or be replaced and its virtual machines go on: then it
 * renews all the same and says in the lease that the agent is down. If the guard itself dies or hangs, nobody renews; it is started again
 * within the time it has, or the machine's watchdog ends everything. It never writes a lease while a write is under way, since a write that
 * comes late could otherwise undo a later one.
 */
public final class Guard {
    private static final long STOP_AGAIN_MILLIS = 1_000;

    private final HostId self;
    private final HaTiming timing;

    public Guard(HostId self, HaTiming timing) {
        this.self = Objects.requireNonNull(self, "self");
        this.timing = Objects.requireNonNull(timing, "timing");
    }

    /** What it is doing. */
    public enum Mode {
        /** No lease, and nothing runs. */
        WAITING,
        /** The lease is good. */
        HOLDING,
        /** The lease is over; virtual machines are being stopped. */
        STOPPING
    }

    /**
     * The machine's state.
     *
     * @param incarnation rises with each start of the guard
     * @param sequence of the last write
     * @param epoch rises each time the lease is lost; what was begun in one may not be finished in another
     * @param goodSinceMillis beginning of the last good renewal
     * @param nextMillis when to write, or to stop everything again
     * @param writing whether a write is under way
     * @param agentHeardMillis when the agent said something last
     */
    public record State(
            Mode mode,
            long incarnation,
            long sequence,
            long epoch,
            long goodSinceMillis,
            long nextMillis,
            boolean writing,
            long agentHeardMillis,
            boolean isolated) {

        State with(Mode newMode, long newEpoch, long newNext) {
            return new State(
                    newMode,
                    incarnation,
                    sequence,
                    newEpoch,
                    goodSinceMillis,
                    newNext,
                    writing,
                    agentHeardMillis,
                    isolated);
        }

        State heard(long at, boolean newIsolated) {
            return new State(mode, incarnation, sequence, epoch, goodSinceMillis, nextMillis, writing, at, newIsolated);
        }

        State began(long newSequence, long newNext) {
            return new State(
                    mode, incarnation, newSequence, epoch, goodSinceMillis, newNext, true, agentHeardMillis, isolated);
        }

        State ended(Mode newMode, long newGoodSince) {
            return new State(
                    newMode, incarnation, sequence, epoch, newGoodSince, nextMillis, false, agentHeardMillis, isolated);
        }
    }

    /**
     * The guard starts.
     *
     * @param incarnation higher than any before, as kept on the host
     * @param known what the guard before this one said last, as kept on the host until it is switched off; epoch 0 when there was none.
     *     Virtual machines go on while that is good, and are stopped at once when it is not. Where there was none, what runs has never been
     *     under a lease that somebody could have seen to be over: it goes on, and is guarded from the first lease on
     */
    public Step<State> start(long incarnation, Effect.LeaseIs known, long atMillis) {
        if (known.epoch() == 0) {
            return Step.stay(new State(Mode.WAITING, incarnation, 0, 1, 0, atMillis, false, atMillis, false));
        }
        boolean good = atMillis < known.untilMillis();
        State state = new State(
                Mode.HOLDING,
                incarnation,
                0,
                known.epoch(),
                // By shorter times than those of the guard before: what others are told from now on must hold too.
                good ? Math.min(known.untilMillis() - timing.failMillis(), atMillis) : atMillis - timing.failMillis(),
                atMillis,
                false,
                atMillis,
                false);
        return good ? Step.stay(state) : fence(state, atMillis, "started without a lease");
    }

    /** One input. */
    public Step<State> step(State state, Input input) {
        long at = input.atMillis();
        // First of all, whatever comes: who slept past the end of his lease must not believe anything that waited for
        // him.
        if (state.mode() == Mode.HOLDING && at >= state.goodSinceMillis() + timing.failMillis()) {
            Step<State> fenced = fence(state, at, "could not renew its lease for " + timing.failMillis() + " ms");
            Step<State> then = step(fenced.state(), input);
            List<Effect> effects = new ArrayList<>(fenced.effects());
            effects.addAll(then.effects());
            return new Step<>(then.state(), effects);
        }
        return switch (input) {
            case Input.Tick tick -> tick(state, tick.atMillis());
            case Input.SlotWritten written
            when written.slot().equals(HostLease.slotOf(self)) -> written(state, written);
            case Input.HostSays says -> Step.stay(state.heard(says.atMillis(), says.isolated()));
            case Input.AllStopped stopped -> stopped(state, stopped);
            default -> Step.stay(state);
        };
    }

    private Step<State> fence(State state, long at, String why) {
        long epoch = state.epoch() + 1;
        return new Step<>(
                state.with(Mode.STOPPING, epoch, at + STOP_AGAIN_MILLIS),
                List.of(
                        new Effect.LeaseIs(epoch, at),
                        new Effect.StopAllVms(epoch),
                        Effect.tell(Kind.FENCED, "stops its virtual machines: " + why)));
    }

    private Step<State> tick(State state, long at) {
        if (at < state.nextMillis()) {
            return Step.stay(state);
        }
        return switch (state.mode()) {
            case STOPPING ->
                new Step<>(
                        state.with(Mode.STOPPING, state.epoch(), at + STOP_AGAIN_MILLIS),
                        List.of(new Effect.StopAllVms(state.epoch())));
            case WAITING, HOLDING -> {
                if (state.writing()) {
                    yield Step.stay(state);
                }
                long sequence = state.sequence() + 1;
                boolean agentUp = at < state.agentHeardMillis() + timing.silenceMillis();
                HostLease lease = new HostLease(
                        self, state.incarnation(), sequence, agentUp, agentUp && state.isolated(), timing.deadMillis());
                yield new Step<>(
                        state.began(sequence, at + timing.renewMillis()),
                        List.of(new Effect.WriteSlot(HostLease.slotOf(self), lease.encoded(), sequence)));
            }
        };
    }

    private Step<State> written(State state, Input.SlotWritten written) {
        if (written.ticket() != state.sequence()) {
            return Step.stay(state);
        }
        boolean good = written.ok() && written.atMillis() < written.startedMillis() + timing.failMillis();
        if (!good || state.mode() == Mode.STOPPING) {
            return Step.stay(state.ended(state.mode(), state.goodSinceMillis()));
        }
        long until = written.startedMillis() + timing.failMillis();
        List<Effect> effects = new ArrayList<>();
        effects.add(new Effect.SetWatchdog(until + timing.watchdogMillis()));
        effects.add(new Effect.LeaseIs(state.epoch(), until));
        if (state.mode() == Mode.WAITING) {
            effects.add(Effect.tell(Kind.LEASE_BACK, "holds its lease"));
        }
        return new Step<>(state.ended(Mode.HOLDING, written.startedMillis()), effects);
    }

    private Step<State> stopped(State state, Input.AllStopped stopped) {
        if (state.mode() != Mode.STOPPING || stopped.epoch() != state.epoch()) {
            return Step.stay(state);
        }
        return new Step<>(
                state.with(Mode.WAITING, state.epoch(), stopped.atMillis()),
                List.of(new Effect.SetWatchdog(Long.MAX_VALUE)));
    }
}
