package dev.sternpost.server.maintenance;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Submission;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import java.util.List;
import java.util.Set;

/**
 * Emptying a host for another reason than maintenance: the same step, and the same reconciler that files the moves. The workflow's own
 * first step closes the host; its task is filed by {@link #submission}.
 */
public final class HostEmptying {
    /** Kind of the task that puts a host into stand-by. */
    public static final String ENTER_STANDBY = "Host.enterStandby";

    /** Kind of the task that tries whether a host can be woken. */
    public static final String TEST_WAKE = "Host.testWake";

    /** Kinds of tasks that have the step. */
    static final Set<String> KINDS = Set.of(ENTER_STANDBY, TEST_WAKE);

    private final Step step;

    HostEmptying(Step step) {
        this.step = step;
    }

    /** Waits until nothing that runs is left on the host. */
    public Step step() {
        return step;
    }

    /**
     * A task that empties a host, and does more.
     *
     * @param kind one of those above
     * @param movePoweredOff whether VMs that do not run are registered elsewhere too
     * @param vmIds the VMs that are on the host
     */
    public static Submission submission(String kind, Host host, boolean movePoweredOff, List<String> vmIds) {
        if (!KINDS.contains(kind)) {
            throw new IllegalArgumentException(kind);
        }
        return of(kind, host, movePoweredOff, vmIds);
    }

    /** A task on a host that empties nothing and excludes those that do. */
    public static Submission excluding(String kind, Host host) {
        return of(kind, host, false, List.of());
    }

    /** A task on a host that empties nothing and excludes only what claims the same. */
    public static Submission alongside(String kind, Host host, String claim) {
        return Submission.of(
                        kind,
                        host.id().value(),
                        host.name(),
                        new MaintenanceInput(host.id().value(), false, false, List.of()))
                .claiming(claim);
    }

    private static Submission of(String kind, Host host, boolean movePoweredOff, List<String> vmIds) {
        return Submission.of(
                        kind,
                        host.id().value(),
                        host.name(),
                        new MaintenanceInput(host.id().value(), movePoweredOff, false, vmIds))
                .claiming("maintenance:" + host.id().value());
    }

    /** The host of a task filed by these. */
    public static HostId hostOf(StepContext context) {
        return new HostId(Json.read(context.input(), MaintenanceInput.class).hostId());
    }
}
