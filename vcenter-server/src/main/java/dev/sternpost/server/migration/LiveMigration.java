package dev.sternpost.server.migration;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.host.HostProgress;
import dev.sternpost.server.host.Observed;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.virtualmachine.VmOrders;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.task.RetryPolicy;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.StepProgress;
import dev.sternpost.task.Workflow;
import dev.sternpost.vmotion.phase.MigrationPhase;
import dev.sternpost.vmotion.precopy.PrecopyLimits;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves a running VM. Steps, and why in this order:
 *
 * <ol>
 *   <li>{@code reserve-target}: the target is chosen and its memory spoken for, before anything is started there.
 *   <li>{@code prepare-target}: the shadow VM waits on the target. It holds no lock and cannot run. Undone by ending it.
 *   <li>{@code start-precopy}: the source copies memory while the guest runs. Undone by cancelling; the guest never noticed.
 *   <li>{@code await-convergence}: joins the same command until what is left fits into the allowed pause.
 *   <li>{@code switch-over}: the permission is given <em>before</em> the guest is stopped, so that this server's reaction time
 *       is no part of the pause. The source stops the guest, gives the lock to the target under the next generation, sends the
 *       rest. Point of no return: a refusal means that the guest runs at the source as before; after success only the target
 *       may run it, and everything that follows is repeated until it succeeds.
 *   <li>{@code flip-owner}: the record follows the lock: host and generation in one transaction with the event.
 *   <li>{@code activate-target}: makes sure that the guest runs; usually it has for some milliseconds. Brings the measured pause.
 *   <li>{@code announce}, {@code release-source}, {@code release-reservation}: the network learns the new port, the stopped
 *       remainder goes, the outcome is told.
 * </ol>
 */
public final class LiveMigration {
    /** Kind of the task. */
    public static final String KIND = "VirtualMachine.migrate";

    static final String PRIVILEGE = "Resource.HotMigrate";

    private static final Duration CONVERGENCE_TIMEOUT = Duration.ofMillis(PrecopyLimits.TIMEOUT_MILLIS_DEFAULT);
    /** The source answers within the convergence timeout; what comes on top is for a source that comes back. */
    static final Duration JOIN_TIMEOUT = CONVERGENCE_TIMEOUT.plusSeconds(60);

    static final Duration BRIEF_TIMEOUT = Duration.ofSeconds(30);

    /** The engine may take its time over the last pages. */
    static final Duration SWITCH_TIMEOUT = Duration.ofSeconds(80);

    /** Share of the whole that each slow step has, in percent of the task. */
    static final int COPY_WEIGHT = 10;

    private final Inventory inventory;
    private final MigrationOrders orders;
    private final TargetChoice targets;
    private final MigrationRecords records;
    private final LostSource lostSource;
    private final MigrationForecasts forecasts;
    private final InstantSource clock;
    private final Tickets tickets = new Tickets();

    public LiveMigration(
            Inventory inventory,
            HostCommands hosts,
            Placements placements,
            Reservations reservations,
            Observed observed,
            MigrationForecasts forecasts,
            InstantSource clock) {
        this.inventory = inventory;
        this.lostSource = new LostSource(inventory, observed);
        this.forecasts = forecasts;
        this.orders = new MigrationOrders(inventory, hosts);
        this.targets = new TargetChoice(placements, reservations);
        this.records = new MigrationRecords(inventory, observed);
        this.clock = clock;
    }

    /**
     * What was decided at the start and holds for the whole move. The ticket is a secret between the two agents.
     *
     * @param filesTo where its files go along; null when they stay
     * @param filesFrom where they are at the start
     */
    record Plan(
            String targetHostId,
            String relayAddress,
            String ticket,
            long generation,
            @Nullable MigrationForecast forecast,
            @Nullable VmLocation filesTo,
            VmLocation filesFrom) {
        long nextGeneration() {
            return generation + 1;
        }

        @Override
        public String toString() {
            return "Plan[" + targetHostId + ", generation " + generation + "]";
        }
    }

    /** What activate-target hands on: how it went, and the VM as the target saw it then. */
    record Activated(MigrationView view, @Nullable VmObservation vm) {}

    /** What start-precopy hands on: the key its command runs under, and when it began. */
    record Begun(String key, long epochMillis) {}

    /** The workflow, to be registered with the task runner. */
    public Workflow workflow() {
        return new Workflow(
                KIND,
                Step.decide("reserve-target", this::reserveTarget).withLocalUndo(records::tellTheEnd),
                Step.remote("prepare-target", this::prepareTarget)
                        .withRemoteUndo(this::abortTarget)
                        .withUndoOptional()
                        .withTimeout(BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.remote("start-precopy", this::startPrecopy)
                        .withRemoteUndo(this::cancelSource)
                        .withUndoOptional()
                        .withTimeout(BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.remote("await-convergence", this::awaitConvergence)
                        .withTimeout(JOIN_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .withWeight(COPY_WEIGHT),
                Step.remote("switch-over", this::switchOver)
                        .withTimeout(SWITCH_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT)
                        .withWeight(2)
                        .asPointOfNoReturn(),
                Step.local("flip-owner", records::flipOwner),
                Step.remote("activate-target", this::activateTarget)
                        .withTimeout(BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT),
                Step.remote("announce", this::announce)
                        .withTimeout(BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .asOptional(),
                // A source that stays away is swept when it comes back.
                Step.remote("release-source", this::releaseSource)
                        .withTimeout(BRIEF_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .asOptional(),
                Step.local("release-reservation", records::tellTheOutcome));
    }

    StepOutput reserveTarget(StepContext context) {
        MigrationInput input = input(context);
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = vm(snapshot, input);
        MigrationInput.requireRunning(vm);
        Host target = targets.promised(context.task().id(), input.atTarget(vm), input.targetHostId(), input.planned());
        MigrationInput.FilesAlong files = input.files();
        var facts = target.facts();
        Plan plan = new Plan(
                target.id().value(),
                facts == null ? "" : facts.relayAddress(),
                tickets.next(),
                vm.generation(),
                // How long disks take is not forecast, so nothing is for a move that takes them along.
                files == null
                        ? forecasts.of(vm, target.id().value(), limits(input), input.bandwidthLimitBytesPerSecond())
                        : null,
                files == null ? null : NewDirectory.choose(snapshot, vm, files.datastoreId()),
                VmOrders.locationOf(snapshot, vm));
        say(context, begun(input, plan), 100, "");
        return StepOutput.of(
                Json.write(plan),
                "%s, %s; %s"
                        .formatted(
                                target.name(),
                                input.targetHostId().isEmpty() ? "chosen by placement" : "as asked",
                                sentence(plan)));
    }

    CompletionStage<StepOutput> prepareTarget(StepContext context) {
        Plan plan = plan(context);
        MigrationInput.FilesAlong files = input(context).files();
        HostOperation operation = new HostOperation.PrepareIncoming(
                migrationId(context),
                plan.ticket(),
                new HostId(input(context).sourceHostId()),
                plan.nextGeneration(),
                files != null,
                files == null ? null : files.provisioning());
        return orders.toTarget(context, plan.generation(), operation)
                .thenApply(answer -> StepOutput.said(MigrationPhase.SHADOW_VM.title()));
    }

    CompletionStage<StepOutput> abortTarget(StepContext context) {
        return orders.toTarget(
                        context, plan(context).generation(), new HostOperation.AbortIncoming(migrationId(context)))
                .thenApply(answer -> StepOutput.said("Shadow VM ended"));
    }

    /** Done when the first bytes flow; the command itself runs on and is joined by the next step. */
    CompletionStage<StepOutput> startPrecopy(StepContext context) {
        CompletableFuture<StepOutput> begun = new CompletableFuture<>();
        StepOutput output = StepOutput.of(
                Json.write(new Begun(context.operationKey(), clock.millis())), MigrationPhase.DIRTY_BITMAP.title());
        copy(context, context.operationKey(), progress -> begun.complete(output))
                .whenComplete((answer, error) -> {
                    if (error == null) {
                        begun.complete(output);
                    } else {
                        begun.completeExceptionally(error);
                    }
                });
        return begun;
    }

    CompletionStage<StepOutput> awaitConvergence(StepContext context) {
        MigrationView[] view = {view(context)};
        return copy(context, begun(context).key(), progress -> {
                    HostPayload.MigrationReport report = progress.migration();
                    view[0] = report == null ? view[0] : view[0].with(report);
                    say(context, view[0], progress.percent(), progress.detail());
                })
                .thenApply(answer -> {
                    HostPayload.MigrationReport report = MigrationAnswers.report(answer);
                    say(context, view[0].with(report), 100, "");
                    return StepOutput.of(
                            Json.write(report),
                            String.format(
                                    Locale.ROOT,
                                    "%d rounds, %.1f MiB sent, %d bytes left",
                                    report.progress().rounds().size(),
                                    report.sentBytes() / 1048576.0,
                                    report.progress().remainingBytes()));
                });
    }

    private CompletionStage<HostAnswer> copy(StepContext context, String key, Consumer<HostProgress> progress) {
        MigrationInput input = input(context);
        Plan plan = plan(context);
        PrecopyLimits limits = limits(input);
        HostOperation operation = new HostOperation.StartMigration(
                migrationId(context),
                plan.ticket(),
                new HostId(plan.targetHostId()),
                plan.relayAddress(),
                limits.downtimeMillis(),
                input.bandwidthLimitBytesPerSecond(),
                limits.timeoutMillis(),
                plan.filesTo());
        Duration timeout = plan.filesTo() == null ? JOIN_TIMEOUT : StorageMove.COPY_TIMEOUT;
        HostId source = new HostId(input.sourceHostId());
        return orders.send(context, source, key, plan.generation(), null, operation, timeout, progress);
    }

    CompletionStage<StepOutput> cancelSource(StepContext context) {
        return orders.toSource(
                        context,
                        plan(context).generation(),
                        new HostOperation.CancelMigration(migrationId(context)),
                        BRIEF_TIMEOUT)
                .thenApply(answer -> StepOutput.said("Copying stopped, the guest runs on at the source"));
    }

    CompletionStage<StepOutput> switchOver(StepContext context) {
        Plan plan = plan(context);
        MigrationView before = view(context);
        return orders.toSource(
                        context,
                        plan.generation(),
                        new HostOperation.SwitchOver(migrationId(context), plan.nextGeneration()),
                        SWITCH_TIMEOUT)
                .handle((answer, error) -> {
                    if (error != null) {
                        return lostSource.answer(context, plan, error);
                    }
                    HostPayload.MigrationReport report = MigrationAnswers.report(answer);
                    say(context, before.with(report), 100, "");
                    return StepOutput.of(Json.write(report), MigrationPhase.SWITCHOVER.title());
                });
    }

    CompletionStage<StepOutput> activateTarget(StepContext context) {
        MigrationView before = view(context);
        long begun = begun(context).epochMillis();
        return orders.toTarget(
                        context,
                        plan(context).nextGeneration(),
                        new HostOperation.ActivateIncoming(migrationId(context)))
                .handle((answer, error) -> {
                    if (error != null) {
                        return MigrationAnswers.lost(error);
                    }
                    HostPayload.Activation activation = MigrationAnswers.payload(answer, HostPayload.Activation.class);
                    MigrationView after =
                            before.ended(activation.downtimeMillis(), activation.source(), clock.millis() - begun);
                    say(context, after, 100, "");
                    return StepOutput.of(Json.write(new Activated(after, answer.vm())), after.pauseSentence());
                });
    }

    CompletionStage<StepOutput> announce(StepContext context) {
        return orders.toTarget(context, plan(context).nextGeneration(), new HostOperation.AnnounceVm())
                .thenApply(answer -> StepOutput.said(MigrationPhase.MAC_MOVED.title()));
    }

    CompletionStage<StepOutput> releaseSource(StepContext context) {
        return orders.toSource(
                        context,
                        plan(context).nextGeneration(),
                        new HostOperation.ReleaseSource(migrationId(context)),
                        BRIEF_TIMEOUT)
                .thenApply(answer -> StepOutput.said(MigrationPhase.SOURCE_DELETED.title()));
    }

    /** Whether tasks of this kind move a running VM to another host. */
    public static boolean isLive(String kind) {
        return kind.equals(KIND) || kind.equals(MigrationWithFiles.KIND);
    }

    MigrationOrders orders() {
        return orders;
    }

    MigrationRecords records() {
        return records;
    }

    static MigrationInput input(StepContext context) {
        return Json.read(context.input(), MigrationInput.class);
    }

    static Plan plan(StepContext context) {
        return Json.read(context.output("reserve-target"), Plan.class);
    }

    private static Begun begun(StepContext context) {
        return Json.read(context.output("start-precopy"), Begun.class);
    }

    static String migrationId(StepContext context) {
        return context.task().id().toString();
    }

    /** The report as it stood when the step began, put together from what the steps before recorded. */
    private static MigrationView view(StepContext context) {
        MigrationView view = begun(input(context), plan(context));
        for (String step : new String[] {"await-convergence", "switch-over"}) {
            var recorded = context.outputOf(step);
            if (recorded.isPresent()) {
                view = view.with(Json.read(recorded.get(), HostPayload.MigrationReport.class));
            }
        }
        return view;
    }

    private static MigrationView begun(MigrationInput input, Plan plan) {
        return MigrationView.begun(
                input.sourceHostId(),
                plan.targetHostId(),
                input.bandwidthLimitBytesPerSecond() > 0,
                limits(input).downtimeMillis(),
                plan.forecast());
    }

    private static PrecopyLimits limits(MigrationInput input) {
        return PrecopyLimits.of(input.downtimeLimitMillis(), CONVERGENCE_TIMEOUT.toMillis());
    }

    private static String sentence(Plan plan) {
        return plan.forecast() == null ? "" : plan.forecast().sentence();
    }

    private static void say(StepContext context, MigrationView view, int percent, String detail) {
        context.progress().accept(new StepProgress(percent, detail, Json.write(view)));
    }

    static VirtualMachine vm(InventorySnapshot snapshot, MigrationInput input) {
        return snapshot.get(new VirtualMachineId(input.vmId()));
    }
}
