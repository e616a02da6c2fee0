package dev.sternpost.ha.lease;

import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening.Kind;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.port.Step;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One host's part in the lease that makes a coordinator.
 *
 * <p>The slot is claimed by the usual delta lease (Chockler and Malkhi, "Light-weight leases for storage-centric coordination"): whoever saw it
 * unmoved long enough writes himself with the next term, waits until every write that could still be under way has come, and reads it again. If
 * it still names him, he has it. He renews by reading, then writing: what he reads must be himself.
 *
 * <p>Two coordinators for a moment would still not start a virtual machine twice: hosts follow the higher term, and each start goes by the lock.
 */
public final class CoordinatorLease {
    /** The slot it is kept in. */
    public static final String SLOT = "coordinator.lease";

    /** A claim waits so much longer for each candidate that comes before. */
    private static final long STAGGER_MILLIS = 500;

    private final HostId self;
    private final HaTiming timing;

    public CoordinatorLease(HostId self, HaTiming timing) {
        this.self = Objects.requireNonNull(self, "self");
        this.timing = Objects.requireNonNull(timing, "timing");
    }

    /** Where it stands. */
    public enum Mode {
        FOLLOWING,
        /** The claim is being written. */
        CLAIMING,
        /** The claim is written; waiting for others' writes to come. */
        SETTLING,
        HOLDING
    }

    /**
     * The machine's state.
     *
     * @param watch what was seen of the slot; null before the first look
     * @param terms what is believed of terms
     * @param goodSinceMillis beginning of the last write that is known to have succeeded, of the claim or a renewal
     * @param nextMillis when to look or renew next
     * @param reading a read is under way since then; negative when none is
     * @param writing a write is under way since then; negative when none is
     */
    public record State(
            Mode mode,
            @Nullable SlotWatch watch,
            Terms terms,
            long term,
            long sequence,
            long goodSinceMillis,
            long nextMillis,
            long reading,
            long writing) {
        /** Nothing known yet. */
        public static final State START = new State(Mode.FOLLOWING, null, Terms.START, 0, 0, 0, 0, -1, -1);

        /** Whether this host is the coordinator. */
        public boolean holds() {
            return mode == Mode.HOLDING;
        }

        /** Another host that was just seen to renew the coordinator's lease; empty when none was. */
        public Optional<HostId> leader(HostId self, HaTiming timing, long atMillis) {
            if (watch == null
                    || holds()
                    || watch.ageMillis(atMillis) >= timing.silenceMillis()
                    || watch.unmovedMillis() >= timing.coordinatorFailMillis()) {
                return Optional.empty();
            }
            return CoordinatorRecord.decode(watch.content())
                    .filter(record -> !record.resigned() && !record.hostId().equals(self))
                    .map(CoordinatorRecord::hostId);
        }

        State with(Mode newMode) {
            return new State(newMode, watch, terms, term, sequence, goodSinceMillis, nextMillis, reading, writing);
        }

        State withWatch(SlotWatch newWatch, Terms newTerms) {
            return new State(mode, newWatch, newTerms, term, sequence, goodSinceMillis, nextMillis, -1, writing);
        }

        State withTerms(Terms newTerms) {
            return new State(mode, watch, newTerms, term, sequence, goodSinceMillis, nextMillis, reading, writing);
        }

        State readingSince(long at, long next) {
            return new State(mode, watch, terms, term, sequence, goodSinceMillis, next, at, writing);
        }

        State writingSince(long newTerm, long newSequence, long at) {
            return new State(
                    mode,
                    watch,
                    terms.claimed(newTerm),
                    newTerm,
                    newSequence,
                    goodSinceMillis,
                    nextMillis,
                    reading,
                    at);
        }

        State written(long goodSince, long next) {
            return new State(mode, watch, terms, term, sequence, goodSince, next, reading, -1);
        }
    }

    /** A member named a term. One that cannot be is told. */
    public Step<State> heardOfTerm(State state, HostId from, long term, long at) {
        Terms terms = state.terms();
        return terms.maySay(term)
                ? Step.stay(state)
                : refused(state, from + " speaks of a coordinator's term " + term, at);
    }

    private static Step<State> refused(State state, String what, long at) {
        Terms terms = state.terms();
        return terms.tellsAt(at)
                ? new Step<>(
                        state.withTerms(terms.told(at)),
                        List.of(Effect.tell(
                                Kind.NUMBER_REFUSED,
                                what + ", which is not believed: the highest known is " + terms.max())))
                : Step.stay(state);
    }

    /**
     * One input.
     *
     * @param rank how many candidates come before this one; negative when it may not be coordinator
     */
    public Step<State> step(State before, Input input, int rank) {
        List<Effect> effects = new ArrayList<>();
        State state = expired(before, input.atMillis(), rank, effects);
        state = switch (input) {
            case Input.Tick tick -> tick(state, tick.atMillis(), rank, effects);
            case Input.SlotRead read when read.slot().equals(SLOT) -> read(state, read, rank, effects);
            case Input.SlotWritten written when written.slot().equals(SLOT) -> written(state, written);
            default -> state;
        };
        return new Step<>(state, effects);
    }

    /** Before anything else: a coordinator that slept too long is none any more. */
    private State expired(State state, long at, int rank, List<Effect> effects) {
        if (state.mode() == Mode.FOLLOWING) {
            return state;
        }
        boolean late = state.holds() && at >= state.goodSinceMillis() + timing.coordinatorFailMillis();
        if (late || rank < 0) {
            if (state.holds()) {
                effects.add(Effect.tell(
                        Kind.COORDINATOR_GONE,
                        late ? "is coordinator no longer: could not renew" : "is coordinator no longer: may not be"));
                if (!late && state.writing() < 0) {
                    effects.add(write(state.term(), state.sequence() + 1, true));
                    return state.writingSince(state.term(), state.sequence() + 1, at)
                            .with(Mode.FOLLOWING);
                }
            }
            return state.with(Mode.FOLLOWING);
        }
        return state;
    }

    private State tick(State state, long at, int rank, List<Effect> effects) {
        return switch (state.mode()) {
            case FOLLOWING, HOLDING, SETTLING ->
                at >= state.nextMillis() && state.reading() < 0 && state.writing() < 0
                        ? look(state, at, effects)
                        : state;
            case CLAIMING -> state;
        };
    }

    private State look(State state, long at, List<Effect> effects) {
        effects.add(new Effect.ReadSlot(SLOT));
        long period = state.holds() ? timing.renewMillis() : timing.observeMillis();
        return state.readingSince(at, at + period);
    }

    private State read(State state, Input.SlotRead read, int rank, List<Effect> effects) {
        if (read.failed()) {
            return state.readingSince(-1, state.nextMillis());
        }
        CoordinatorRecord said =
                read.content().flatMap(CoordinatorRecord::decode).orElse(null);
        boolean believed = said == null || state.terms().mayBeRecorded(said.term());
        // What cannot be counts as nothing, however often it is written.
        Input.SlotRead shown = believed
                ? read
                : new Input.SlotRead(SLOT, read.startedMillis(), Optional.empty(), false, read.atMillis());
        SlotWatch before = state.watch();
        SlotWatch watch = before == null ? SlotWatch.first(shown) : before.seen(shown);
        CoordinatorRecord found = believed ? said : null;
        boolean moved = before == null || !before.content().equals(watch.content());
        State seen = state.withWatch(
                watch,
                found == null ? state.terms() : state.terms().read(found.term(), moved, timing, read.atMillis()));
        if (said != null && !believed) {
            Step<State> told = refused(
                    seen,
                    "the coordinator's lease names " + said.hostId() + " and term " + said.term(),
                    read.atMillis());
            effects.addAll(told.effects());
            seen = told.state();
        }
        return switch (seen.mode()) {
            case FOLLOWING -> follow(seen, found, read.atMillis(), rank, effects);
            case CLAIMING -> seen;
            case SETTLING -> settle(seen, found, read, effects);
            case HOLDING -> renew(seen, found, read, effects);
        };
    }

    private State follow(State state, @Nullable CoordinatorRecord found, long at, int rank, List<Effect> effects) {
        if (rank < 0 || state.writing() >= 0 || state.watch() == null) {
            return state;
        }
        boolean nobodys = found != null && found.resigned();
        long needed = (nobodys ? timing.observeMillis() : timing.coordinatorDeadMillis()) + rank * STAGGER_MILLIS;
        // Also a slot that was never written or is torn is watched first: somebody may be at it.
        if (state.watch().unmovedMillis() < needed || state.watch().ageMillis(at) > timing.inFlightMillis()) {
            return state;
        }
        long term = state.terms().next();
        effects.add(write(term, 0, false));
        return state.writingSince(term, 0, at).with(Mode.CLAIMING);
    }

    private State settle(State state, @Nullable CoordinatorRecord found, Input.SlotRead read, List<Effect> effects) {
        if (read.startedMillis() < state.nextMillis() - timing.observeMillis()) {
            return state;
        }
        if (found == null || !found.isOf(self, state.term())) {
            return state.with(Mode.FOLLOWING);
        }
        effects.add(Effect.tell(Kind.COORDINATOR_ELECTED, "is coordinator, term " + state.term()));
        return state.with(Mode.HOLDING);
    }

    private State renew(State state, @Nullable CoordinatorRecord found, Input.SlotRead read, List<Effect> effects) {
        if (found == null || !found.isOf(self, state.term())) {
            effects.add(Effect.tell(
                    Kind.COORDINATOR_GONE,
                    "is coordinator no longer: "
                            + (found == null
                                    ? "its lease cannot be read"
                                    : found.hostId() + " is, term " + found.term())));
            return state.with(Mode.FOLLOWING);
        }
        effects.add(write(state.term(), state.sequence() + 1, false));
        return state.writingSince(state.term(), state.sequence() + 1, read.atMillis());
    }

    private State written(State state, Input.SlotWritten written) {
        if (written.ticket() != ticket(state.term(), state.sequence())) {
            return state;
        }
        State free = state.written(state.goodSinceMillis(), state.nextMillis());
        if (!written.ok()) {
            return state.mode() == Mode.CLAIMING ? free.with(Mode.FOLLOWING) : free;
        }
        return switch (state.mode()) {
            case FOLLOWING, SETTLING -> free;
            case CLAIMING ->
                state.written(written.startedMillis(), written.atMillis() + timing.inFlightMillis())
                        .with(Mode.SETTLING);
            case HOLDING -> state.written(written.startedMillis(), state.nextMillis());
        };
    }

    private Effect write(long term, long sequence, boolean resigned) {
        String content = new CoordinatorRecord(self, term, sequence, resigned).encoded();
        return new Effect.WriteSlot(SLOT, content, ticket(term, sequence));
    }

    private static long ticket(long term, long sequence) {
        return term << 32 | sequence;
    }
}
