package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** The copying jobs of a QEMU process, told apart by how their names begin. Jobs that have ended stay until they are dismissed. */
final class BlockJobs {

    private static final Logger LOG = LoggerFactory.getLogger(BlockJobs.class);

    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 2;

    private final Monitor monitor;

    BlockJobs(Monitor monitor) {
        this.monitor = monitor;
    }

    List<JsonNode> named(String... prefixes) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode job : monitor.execute("query-jobs")) {
            for (String prefix : prefixes) {
                if (job.path("id").asString("").startsWith(prefix)) {
                    found.add(job);
                }
            }
        }
        return found;
    }

    static boolean hasEnded(JsonNode job) {
        return job.path("status").asString("").equals("concluded");
    }

    /** @param expected how many there are unless some have gone */
    StorageMover.Progress progress(String prefix, int expected) {
        long copied = 0;
        long total = 0;
        int ready = 0;
        int count = 0;
        String error = "";
        for (JsonNode job : named(prefix)) {
            count++;
            copied += job.path("current-progress").asLong(0);
            total += job.path("total-progress").asLong(0);
            String status = job.path("status").asString("");
            ready += status.equals("ready") ? 1 : 0;
            if (status.equals("concluded") || status.equals("aborting")) {
                error = job.path("error").asString("copying ended");
            }
        }
        if (count < expected && error.isEmpty()) {
            error = "QEMU does not copy any more";
        }
        return new StorageMover.Progress(copied, total, ready == count && error.isEmpty(), error);
    }

    /** Ends them, whatever they are at. */
    void end(String... prefixes) {
        for (JsonNode job : named(prefixes)) {
            String id = job.path("id").asString();
            if (!hasEnded(job)) {
                try {
                    monitor.execute("block-job-cancel", "device", id, "force", true);
                } catch (FaultException e) {
                    LOG.debug("{} ends by itself: {}", id, e.fault().context());
                }
            }
        }
        await("have ended", () -> named(prefixes).stream().allMatch(BlockJobs::hasEnded));
        dismiss(prefixes);
    }

    /** Drops those that have ended. */
    void dismiss(String... prefixes) {
        for (JsonNode job : named(prefixes)) {
            monitor.execute("job-dismiss", "id", job.path("id").asString());
        }
    }

    void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + STEP_TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw Fault.of(
                                FaultCode.MIGRATION_FAILED,
                                "The disks could not be moved; the guest runs on where it was. See the agent's log.")
                        .withContext("disks took more than " + STEP_TIMEOUT.toSeconds() + " s until they " + what)
                        .exception();
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FaultException(Fault.of(FaultCode.OPERATION_CANCELLED, "the agent is ending; try again."), e);
            }
        }
    }
}
