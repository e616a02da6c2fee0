package dev.sternpost.agent.availability;

import dev.sternpost.agent.availability.store.DirectorySlotStore;
import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of the heartbeat datastore with a cluster's slots, and what is wrong with it. Somebody who deletes the directory does not stop
 * the cluster: as long as the datastore around it is the right one, it is made anew before leases run out. Safe for use from several threads.
 */
final class HeartbeatSlots {

    private static final Logger log = LoggerFactory.getLogger(HeartbeatSlots.class);

    private static final String DIRECTORY = ".sternpost-ha";
    private static final long AGAIN_MILLIS = 1_000;

    private final DatastoreRegistry datastores;
    private final Supplier<Plan> plan;
    private volatile String problem = "";

    HeartbeatSlots(DatastoreRegistry datastores, Supplier<Plan> plan) {
        this.datastores = datastores;
        this.plan = plan;
    }

    /** Why it cannot be used; empty when it can. */
    String problem() {
        return problem;
    }

    /** Waits for the datastore: without it there is nothing this host could do. */
    Path await() throws InterruptedException {
        while (true) {
            try {
                Path directory = make();
                problem = "";
                return directory;
            } catch (IOException | FaultException e) {
                failed(e);
                TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
            }
        }
    }

    /** The directory, made when it is not there. */
    Path make() throws IOException {
        Plan now = plan.get();
        Path directory =
                datastores.byUuid(now.datastoreUuid()).root().resolve(DIRECTORY).resolve(now.clusterId());
        DirectorySlotStore.create(directory);
        return directory;
    }

    /** A read or write went well or, with a reason, did not. Not on a thread that storage must not hold up. */
    void told(@Nullable Exception reason) {
        if (reason == null) {
            problem = "";
            return;
        }
        failed(reason);
        if (reason instanceof NotDirectoryException) {
            try {
                log.warn("{} was deleted, and is made anew", make());
            } catch (IOException | FaultException e) {
                failed(e);
            }
        }
    }

    private void failed(Exception reason) {
        String words = words(reason);
        if (problem.isEmpty()) {
            log.warn("the heartbeat datastore: {}", words);
        }
        problem = words;
    }

    private static String words(Exception reason) {
        return switch (reason) {
            case FaultException fault -> fault.fault().message();
            case NotDirectoryException gone -> gone.getFile() + " is not there";
            // Its message is nothing but the name.
            case FileSystemException file when file.getReason() == null -> file.toString();
            default -> Optional.ofNullable(reason.getMessage()).orElse(reason.toString());
        };
    }
}
