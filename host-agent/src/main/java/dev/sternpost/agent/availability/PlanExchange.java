package dev.sternpost.agent.availability;

import dev.sternpost.agent.availability.store.SlotStore;
import dev.sternpost.ha.policy.ConfigExchange;
import dev.sternpost.ha.port.Happening;
import dev.sternpost.inventory.HostId;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest word about the cluster goes, by way of the heartbeat datastore, to those that the server does not reach. */
final class PlanExchange {

    private static final Logger log = LoggerFactory.getLogger(PlanExchange.class);

    private static final String SLOT = "cluster.config";

    /** By then every host has read the word that leaves one out. */
    private static final long LEFT_OUT_MILLIS = 30_000;

    private static final long TELL_AGAIN_MILLIS = 60_000;

    private final HostId self;
    private final LongSupplier clock;
    private final PlanFile file;
    private final Supplier<Plan> plan;
    private final Consumer<Plan> passedOn;
    private final Consumer<@Nullable Exception> problem;
    private final Consumer<Happening> happened;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicBoolean again = new AtomicBoolean();
    private volatile long refusedToldMillis = -1;
    private long leftOutSince;

    /**
     * @param passedOn told a plan that is newer than this host's, or that this host is to do nothing
     * @param problem told what the datastore lacks; null when nothing
     * @param happened told what an administrator may want to know
     */
    PlanExchange(
            HostId self,
            LongSupplier clock,
            PlanFile file,
            Supplier<Plan> plan,
            Consumer<Plan> passedOn,
            Consumer<@Nullable Exception> problem,
            Consumer<Happening> happened) {
        this.self = self;
        this.clock = clock;
        this.file = file;
        this.plan = plan;
        this.passedOn = passedOn;
        this.problem = problem;
        this.happened = happened;
    }

    /**
     * Reads and, if this host knows more, writes; returns at once. One at a time: storage that hangs must not gather threads. Who looks meanwhile
     * may know more than what is being written, so that it is done once more.
     */
    void look(SlotStore store) {
        again.set(true);
        if (looking.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("plan-exchange").start(() -> {
                try {
                    while (again.getAndSet(false)) {
                        exchange(store);
                    }
                } finally {
                    looking.set(false);
                }
            });
        }
    }

    private void exchange(SlotStore store) {
        Plan own = plan.get();
        try {
            Optional<Plan> there = store.read(SLOT).flatMap(file::decode);
            OptionalLong version =
                    there.map(Plan::version).map(OptionalLong::of).orElse(OptionalLong.empty());
            switch (ConfigExchange.of(own.version(), version)) {
                case TAKE -> passedOn.accept(there.orElseThrow());
                case WRITE -> store.write(SLOT, PlanFile.encode(own));
                case NOTHING -> {}
                case REFUSE -> {
                    tellOfRefused(version.getAsLong(), own.version());
                    store.write(SLOT, PlanFile.encode(own));
                }
            }
            problem.accept(null);
        } catch (IOException | IllegalArgumentException e) {
            problem.accept(e);
        }
    }

    private void tellOfRefused(long there, long own) {
        long at = clock.getAsLong();
        if (refusedToldMillis < 0 || at >= refusedToldMillis + TELL_AGAIN_MILLIS) {
            refusedToldMillis = at;
            happened.accept(new Happening(
                    Happening.Kind.NUMBER_REFUSED,
                    "the heartbeat datastore has a configuration of version %d, which is not believed: this host goes by %d"
                            .formatted(there, own)));
        }
    }

    /**
     * When the cluster goes on without this host, which the server could not tell: it decides and starts nothing from that moment on, and leaves
     * when the others have surely heard of it too. On one thread.
     */
    void leaveIfLeftOut() {
        Plan now = plan.get();
        long at = clock.getAsLong();
        if (now.hasMember(self)) {
            leftOutSince = 0;
            return;
        }
        if (leftOutSince == 0) {
            leftOutSince = at;
            log.warn("the cluster goes on without this host, by version {}", now.version());
        }
        if (at >= leftOutSince + LEFT_OUT_MILLIS) {
            Plan off = now.off();
            Thread.ofPlatform().daemon().name("leave").start(() -> passedOn.accept(off));
        }
    }
}
