package dev.sternpost.agent.availability.guard;

import dev.sternpost.agent.availability.store.DirectorySlotStore;
import dev.sternpost.agent.availability.store.SlotStore;
import dev.sternpost.agent.engine.qemu.VmKiller;
import dev.sternpost.ha.lease.HostLease;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guard's process. Started by the agent, which it outlives; told to end by it, and only by it. A signal ends it without a word: then nobody
 * renews the lease, and the agent starts another in time.
 */
public final class GuardMain {

    private static final Logger log = LoggerFactory.getLogger(GuardMain.class);

    /** With this as second argument it only finds out whether it could guard. */
    static final String TRIAL = "--trial";

    private GuardMain() {}

    /** @param arguments the directory with the guard's files; {@link #TRIAL} */
    public static void main(String[] arguments) throws InterruptedException {
        GuardFiles files = new GuardFiles(Path.of(arguments[0]));
        if (arguments.length > 1 && arguments[1].equals(TRIAL)) {
            System.exit(trial(files));
        }
        CountDownLatch ended = new CountDownLatch(1);
        try {
            GuardSetup setup = GuardSetup.read(files.setup());
            VmKiller killer = new VmKiller(setup.runDirectory());
            SlotStore store = new DirectorySlotStore(setup.slots());
            try (GuardServer server = new GuardServer(files, ended::countDown);
                    GuardRunner runner = new GuardRunner(
                            setup,
                            files,
                            store,
                            killer::kill,
                            Watchdog.open(setup.watchdog(), setup.timing()),
                            BootClock::millis,
                            server)) {
                server.start(runner::agentSays);
                runner.start();
                server.proved(prove(killer));
                log.info("guards {} in {}", setup.hostId(), setup.slots());
                ended.await();
                // What is still on its way would come after the end, and its lease would be taken for that of a host
                // that died.
                runner.close();
                files.forgetLease();
                blank(store, setup);
            }
        } catch (IOException e) {
            // The process's edge; the agent tells the server that there is no guard.
            log.error("the guard cannot run", e);
            System.exit(1);
        }
        System.exit(0);
    }

    /** All that can be done without taking the place of the guard that is there. */
    private static int trial(GuardFiles files) throws InterruptedException {
        try {
            GuardSetup setup = GuardSetup.read(files.trialSetup());
            new DirectorySlotStore(setup.slots()).read(HostLease.slotOf(setup.hostId()));
            GuardServer.Proof proof = prove(new VmKiller(setup.runDirectory()));
            log.info("a guard of this program could guard: {}", proof.words());
            return proof.works() ? 0 : 1;
        } catch (IOException | RuntimeException e) {
            // The process's edge.
            log.error("a guard of this program could not guard", e);
            return 1;
        }
    }

    /** Nobody is to find the lease of a host that left, and take it for one that died. */
    private static void blank(SlotStore store, GuardSetup setup) {
        try {
            store.write(HostLease.slotOf(setup.hostId()), HostLease.LEFT);
        } catch (IOException e) {
            log.warn("the lease could not be blanked: {}", e.toString());
        }
    }

    private static GuardServer.Proof prove(VmKiller killer) throws InterruptedException {
        try {
            return new GuardServer.Proof(true, killer.prove());
        } catch (IOException e) {
            return new GuardServer.Proof(false, "processes cannot be stopped: " + e);
        }
    }
}
