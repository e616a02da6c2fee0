package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HaSettings.State;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.availability.HaMode;
import dev.sternpost.server.availability.HaReport;
import dev.sternpost.server.work.Faults;
import dev.sternpost.server.work.Json;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepFailure;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.StepProgress;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Enable, in this order, so that nothing is started twice because a host could not stop what it runs:
 *
 * <ol>
 *   <li>prepare, tell: hosts are told with whom, but disarmed; taken back when the task fails or is cancelled
 *   <li>prove: waits until every connected host holds its lease and has proved that it can stop its virtual machines. If one has not in time, the task
 *       fails and names each with its reason
 *   <li>arm: from here failures are answered
 * </ol>
 *
 * Disable: disarm and tell, taken back in the same way; wait until no connected host answers failures any more; end. That hosts then let go of their leases is
 * seen to by {@link ConfigPush}.
 */
final class HaWorkflows {
    static final String ENABLE = "Cluster.enableHa";
    static final String DISABLE = "Cluster.disableHa";

    /** Longest the proof may take. */
    static final Duration PROVE_MAX = Duration.ofMinutes(2);

    /** A host that says it cannot be relied on is given so long to say otherwise. */
    static final Duration PROBLEM_MAX = Duration.ofSeconds(20);

    /** Longest hosts may take to say that they are disarmed. */
    static final Duration DISARM_MAX = Duration.ofMinutes(1);

    /** Hosts that must take part: with one alone nothing can be started elsewhere. */
    static final int HOSTS_MIN = 2;

    private static final int WEIGHT = 10;

    private final HaRecords records;
    private final ConfigPush push;

    HaWorkflows(HaRecords records, ConfigPush push) {
        this.records = records;
        this.push = push;
    }

    /** What the tasks are given. */
    record Input(String clusterId, String heartbeatDatastoreId) {}

    List<Workflow> all() {
        return List.of(
                new Workflow(
                        ENABLE,
                        Step.local("prepare", this::prepare).withLocalUndo(this::takeBack),
                        Step.remote("tell", this::tell),
                        Step.await("prove", PROVE_MAX.multipliedBy(2), this::isProven)
                                .withWeight(WEIGHT),
                        Step.local("arm", this::arm)),
                new Workflow(
                        DISABLE,
                        Step.local("disarm", this::disarm).withLocalUndo(this::keep),
                        Step.remote("tell", this::tell),
                        Step.await("await-disarmed", DISARM_MAX.multipliedBy(2), this::isDisarmed)
                                .withWeight(WEIGHT),
                        Step.local("end", this::end)));
    }

    private static Input input(StepContext context) {
        return Json.read(context.input(), Input.class);
    }

    private static ClusterId idOf(StepContext context) {
        return new ClusterId(input(context).clusterId());
    }

    private Cluster cluster(StepContext context) {
        return records.snapshot().get(idOf(context));
    }

    private void change(StepContext context, State from, State to, EventType type, String message) {
        records.change(
                new HaRecords.By(
                        context.task().draft().userName(), context.task().id().toString()),
                idOf(context),
                (snapshot, cluster) ->
                        cluster.ha().state() == from ? cluster.ha().withState(to) : cluster.ha(),
                (cluster, after) -> new HaRecords.Told(type, message.formatted(cluster.name())));
    }

    /** When it began, and the datastore of before; empty for none. */
    private record Prepared(String time, String heartbeatDatastoreId) {}

    /** What a host that is away runs is not guarded, and its silence would be taken for its death. */
    private void requireAll(Cluster cluster, int connected) {
        List<String> away = HaContents.members(records.snapshot(), cluster).stream()
                .filter(host -> !host.isConnected())
                .map(Host::name)
                .toList();
        if (!away.isEmpty() && connected >= HOSTS_MIN) {
            throw refused(
                    cluster,
                    "%s cannot prove anything, not being connected. Connect it, or remove it from the cluster, first."
                            .formatted(String.join(", ", away)));
        }
    }

    private StepOutput prepare(StepContext context) {
        DatastoreId before = cluster(context).ha().heartbeatDatastoreId();
        DatastoreId heartbeats = new DatastoreId(input(context).heartbeatDatastoreId());
        records.change(
                new HaRecords.By(
                        context.task().draft().userName(), context.task().id().toString()),
                idOf(context),
                (snapshot, cluster) -> cluster.ha().state() == State.OFF
                        ? cluster.ha().withHeartbeatDatastoreId(heartbeats).withState(State.ENABLING)
                        : cluster.ha(),
                (cluster, after) -> new HaRecords.Told(
                        EventType.CLUSTER_HA_RECONFIGURED,
                        "High availability of %s is being enabled; its hosts are to prove that they can stop what they run."
                                .formatted(cluster.name())));
        return StepOutput.of(Json.write(new Prepared(context.now().toString(), before == null ? "" : before.value())));
    }

    /** Hosts would be told within a second by themselves. */
    private CompletionStage<StepOutput> tell(StepContext context) {
        push.tick();
        return CompletableFuture.completedFuture(StepOutput.NONE);
    }

    private StepOutput takeBack(StepContext context) {
        String before = context.outputOf("prepare")
                .map(text -> Json.read(text, Prepared.class).heartbeatDatastoreId())
                .orElse("");
        records.change(
                new HaRecords.By(
                        context.task().draft().userName(), context.task().id().toString()),
                idOf(context),
                (snapshot, cluster) -> cluster.ha().state() == State.ENABLING
                        ? cluster.ha()
                                .withHeartbeatDatastoreId(before.isEmpty() ? null : new DatastoreId(before))
                                .withState(State.OFF)
                        : cluster.ha(),
                (cluster, after) -> new HaRecords.Told(
                        EventType.CLUSTER_HA_RECONFIGURED,
                        "High availability of %s was not enabled.".formatted(cluster.name())));
        return StepOutput.NONE;
    }

    /** Who is not proven, with the reason. */
    private record Unproven(String hostName, String reason, boolean hopeless) {
        @Override
        public String toString() {
            return hostName + ": " + reason;
        }
    }

    private Optional<StepOutput> isProven(StepContext context) {
        Cluster cluster = cluster(context);
        List<ConfigPush.Standing> connected = push.standings(records.snapshot(), cluster).stream()
                .filter(standing -> standing.host().isConnected())
                .toList();
        requireAll(cluster, connected.size());
        List<Unproven> unproven = connected.stream()
                .flatMap(standing -> unproven(standing).stream())
                .toList();
        Duration waited = Duration.between(
                Instant.parse(
                        Json.read(context.output("prepare"), Prepared.class).time()),
                context.now());
        if (connected.size() < HOSTS_MIN) {
            throw refused(cluster, "only %d of its hosts are connected, and it takes two.".formatted(connected.size()));
        }
        if (unproven.isEmpty()) {
            return Optional.of(StepOutput.said("%d hosts have proved it".formatted(connected.size())));
        }
        boolean hopeless = unproven.stream().anyMatch(Unproven::hopeless) && waited.compareTo(PROBLEM_MAX) > 0;
        if (hopeless || waited.compareTo(PROVE_MAX) > 0) {
            throw refused(cluster, unproven.stream().map(Unproven::toString).collect(Collectors.joining("; ")) + ".");
        }
        context.progress()
                .accept(new StepProgress(
                        (int) (100 * (connected.size() - unproven.size()) / connected.size()),
                        "waiting for "
                                + unproven.stream().map(Unproven::toString).collect(Collectors.joining("; ")),
                        ""));
        return Optional.empty();
    }

    private static Optional<Unproven> unproven(ConfigPush.Standing standing) {
        String name = standing.host().name();
        Optional<HaReport> report = standing.report();
        if (report.isEmpty()) {
            return Optional.of(new Unproven(name, "its agent does not say how it stands", false));
        }
        if (!standing.current()) {
            return Optional.of(new Unproven(name, "it does not go by the new configuration yet", false));
        }
        String why = report.get().whyNotReliable();
        boolean hopeless = !report.get().guard().fenceProblem().isEmpty()
                || !report.get().datastoreProblem().isEmpty();
        return why.isEmpty() ? Optional.empty() : Optional.of(new Unproven(name, why, hopeless));
    }

    private static StepFailure refused(Cluster cluster, String reasons) {
        return StepFailure.refused(fault(
                FaultCode.HA_NOT_PROVEN,
                cluster,
                "High availability of %s is not enabled, since it could start what still runs: %s"
                        .formatted(cluster.name(), reasons)));
    }

    private static TaskFault fault(FaultCode code, Cluster cluster, String message) {
        return Faults.recorded(new FaultException(code, cluster.id().value(), message).fault());
    }

    private StepOutput arm(StepContext context) {
        change(
                context,
                State.ENABLING,
                State.ON,
                EventType.CLUSTER_HA_ENABLED,
                "High availability of %s is enabled: what runs on a host that fails is started elsewhere.");
        return StepOutput.NONE;
    }

    private StepOutput disarm(StepContext context) {
        change(
                context,
                State.ON,
                State.DISABLING,
                EventType.CLUSTER_HA_RECONFIGURED,
                "High availability of %s is being disabled; nothing is started again from now on.");
        return StepOutput.of(context.now().toString());
    }

    private StepOutput keep(StepContext context) {
        change(
                context,
                State.DISABLING,
                State.ON,
                EventType.CLUSTER_HA_RECONFIGURED,
                "High availability of %s stays enabled.");
        return StepOutput.NONE;
    }

    private Optional<StepOutput> isDisarmed(StepContext context) {
        Cluster cluster = cluster(context);
        Duration waited = Duration.between(Instant.parse(context.output("disarm")), context.now());
        List<String> armed = push.standings(records.snapshot(), cluster).stream()
                .filter(standing -> standing.host().isConnected())
                .filter(standing -> answers(standing, waited))
                .map(standing -> standing.host().name())
                .toList();
        if (armed.isEmpty()) {
            return Optional.of(StepOutput.NONE);
        }
        if (waited.compareTo(DISARM_MAX) > 0) {
            throw StepFailure.refused(fault(
                    FaultCode.OPERATION_TIMED_OUT,
                    cluster,
                    "High availability of %s is not disabled: %s did not say within %d s that it is disarmed. Look at its agent."
                            .formatted(cluster.name(), String.join(", ", armed), DISARM_MAX.toSeconds())));
        }
        context.progress().accept(new StepProgress(0, "waiting for " + String.join(", ", armed), ""));
        return Optional.empty();
    }

    /** Whether a host may still answer failures. One that is connected but says nothing at all is not waited for for ever. */
    private static boolean answers(ConfigPush.Standing standing, Duration waited) {
        return standing.report()
                .map(report -> report.mode() == HaMode.ARMED || !standing.current())
                .orElse(waited.compareTo(PROBLEM_MAX) < 0);
    }

    private StepOutput end(StepContext context) {
        change(
                context,
                State.DISABLING,
                State.OFF,
                EventType.CLUSTER_HA_DISABLED,
                "High availability of %s is disabled: what runs on a host that fails stays down until somebody starts it.");
        return StepOutput.NONE;
    }
}
