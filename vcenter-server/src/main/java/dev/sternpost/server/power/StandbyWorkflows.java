package dev.sternpost.server.power;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.availability.HaLink;
import dev.sternpost.server.availability.HaMode;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.maintenance.HostEmptying;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.powercontrol.PowerAnswer;
import dev.sternpost.server.powercontrol.PowerControl;
import dev.sternpost.server.work.Faults;
import dev.sternpost.task.RetryPolicy;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepFailure;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.StepProgress;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Enter stand-by, in this order, so that nothing comes to the host while it is emptied and nobody misses it when it is off:
 *
 * <ol>
 *   <li>begin: the host takes no VM any more; taken back when the task fails or is cancelled
 *   <li>evacuate: waits until nothing that runs is left; as for maintenance
 *   <li>ask-power-control: whoever is to wake it answers; else it is not switched off
 *   <li>fall-asleep: the host is in stand-by for everybody; taken back as well
 *   <li>leave-availability: waits until the other hosts of its cluster do not count on its lease any more
 *   <li>power-off: the agent switches its machine off. From here there is no way back but to wake it
 *   <li>await-silence, confirm-off: its agent is gone, and its power is off as far as anybody can tell
 *   <li>settle: in stand-by; in use again when the machine has stayed on
 * </ol>
 *
 * Exit stand-by: begin-waking, wake (the point of no return), await-agent, settle. A host that does not come is in stand-by again and
 * marked, so that power management leaves it alone. The wake test is one after the other, and what it took is kept.
 */
final class StandbyWorkflows {
    /** Kind of the task that wakes a host. */
    static final String EXIT = "Host.exitStandby";

    /** Longest a machine may take to go off, and until that is noticed. */
    static final Duration OFF_MAX = Duration.ofMinutes(5);

    /** How long a machine is left alone after its agent is gone, when its power cannot be asked for. */
    private static final Duration OFF_UNSEEN = Duration.ofSeconds(60);

    /** The agent answers first and switches off then. */
    private static final Duration POWER_OFF_MAX = Duration.ofSeconds(30);

    static final Duration CONTROL_MAX = PowerControl.TIME_MAX.multipliedBy(2);
    /** Longest the other hosts of its cluster may take to leave it out of high availability. */
    private static final Duration LEAVE_MAX = Duration.ofMinutes(1);

    private static final RetryPolicy OFF_POLLS = new RetryPolicy(60, Duration.ofSeconds(1), Duration.ofSeconds(5));

    /** The source of a live migration lets go of a VM a moment after its target has become the owner. */
    private static final RetryPolicy UNTIL_RELEASED =
            new RetryPolicy(60, Duration.ofMillis(500), Duration.ofSeconds(2));

    static final int WEIGHT = 10;

    /** What the wait for silence hands on when it was in vain. */
    static final String STAYED_ON = "stayed on";

    private final HostEmptying emptying;
    private final Placements placements;
    private final HostCommands commands;
    private final PowerRecords records;
    private final ControlCalls controls;
    private final HaLink availability;
    private final WakingSteps waking;

    StandbyWorkflows(
            HostEmptying emptying,
            Placements placements,
            HostCommands commands,
            PowerRecords records,
            ControlCalls controls,
            HaLink availability) {
        this.availability = availability;
        this.emptying = emptying;
        this.placements = placements;
        this.commands = commands;
        this.records = records;
        this.controls = controls;
        this.waking = new WakingSteps(records, controls);
    }

    List<Workflow> all() {
        List<Step> enter = new ArrayList<>(goingToSleep());
        enter.add(Step.local("settle", this::settleAsleep));
        List<Step> test = new ArrayList<>(goingToSleep());
        test.addAll(waking.steps());
        return List.of(
                new Workflow(HostEmptying.ENTER_STANDBY, enter),
                new Workflow(EXIT, waking.steps()),
                new Workflow(HostEmptying.TEST_WAKE, test));
    }

    private List<Step> goingToSleep() {
        return List.of(
                Step.local("begin", this::begin).withLocalUndo(this::takeBack),
                emptying.step(),
                Step.remote("ask-power-control", this::askControl).withTimeout(CONTROL_MAX),
                Step.local("fall-asleep", this::fallAsleep).withLocalUndo(this::stayAwake),
                Step.await("leave-availability", LEAVE_MAX.multipliedBy(2), this::hasLeft),
                Step.remote("power-off", this::powerOff)
                        .withTimeout(POWER_OFF_MAX.multipliedBy(2))
                        .withRetry(UNTIL_RELEASED)
                        .asPointOfNoReturn(),
                Step.await("await-silence", OFF_MAX.multipliedBy(2), this::isSilent)
                        .withWeight(WEIGHT),
                Step.remote("confirm-off", this::confirmOff)
                        .withTimeout(CONTROL_MAX)
                        .withRetry(OFF_POLLS)
                        .asOptional());
    }

    // ---- going to sleep ----

    /** Remembers the mode before. */
    private StepOutput begin(StepContext context) {
        HostMode before = records.host(context).mode();
        boolean test = context.task().draft().kind().equals(HostEmptying.TEST_WAKE);
        // No choice of this host is left without a promise that the next step sees.
        placements.undisturbed(() -> {
            records.change(
                    context,
                    HostMode.ENTERING_STANDBY,
                    EventType.HOST_ENTERING_STANDBY,
                    test ? "%s is entering stand-by, to see whether it wakes." : "%s is entering stand-by.");
            return true;
        });
        return StepOutput.of(before.name());
    }

    static HostMode before(StepContext context) {
        return HostMode.valueOf(context.output("begin"));
    }

    private StepOutput takeBack(StepContext context) {
        HostMode before = before(context);
        records.change(
                context,
                before,
                EventType.HOST_STANDBY_GIVEN_UP,
                "%s does not enter stand-by after all, and is " + before.words() + " again.");
        return StepOutput.NONE;
    }

    /** A machine whose controller does not answer now is not switched off. */
    private CompletionStage<StepOutput> askControl(StepContext context) {
        Host host = records.host(context);
        if (!host.isConnected()) {
            throw refused(FaultCode.HOST_NOT_CONNECTED, host, "%s is not connected.".formatted(host.name()));
        }
        return controls.call(control(host), PowerControl::state).thenApply(answer -> {
            PowerProblem problem = PowerProblem.of(answer);
            if (problem != null) {
                throw refused(
                        problem.code(),
                        host,
                        "%s is not switched off, since it could not be woken: %s"
                                .formatted(host.name(), problem.words()));
            }
            return StepOutput.NONE;
        });
    }

    private StepOutput fallAsleep(StepContext context) {
        records.change(context, HostMode.STANDBY, null, "");
        return StepOutput.of(context.now().toString());
    }

    private StepOutput stayAwake(StepContext context) {
        records.change(context, HostMode.ENTERING_STANDBY, null, "");
        return StepOutput.NONE;
    }

    /** The others are told first, so that they do not take it for dead; one that cannot be told so in time runs nothing anyway. */
    private Optional<StepOutput> hasLeft(StepContext context) {
        Instant asleep = Instant.parse(context.output("fall-asleep"));
        boolean serves = availability
                .report(HostEmptying.hostOf(context))
                .filter(reported -> reported.isFresh(context.now()))
                .filter(reported -> reported.report().mode() != HaMode.OFF)
                .isPresent();
        return serves && context.now().isBefore(asleep.plus(LEAVE_MAX))
                ? Optional.empty()
                : Optional.of(StepOutput.NONE);
    }

    /** No answer says nothing: the machine may have been off before it could, or before this was repeated. What is seen next counts. */
    private CompletionStage<StepOutput> powerOff(StepContext context) {
        HostCommand command = new HostCommand(
                context.operationKey(),
                context.task().id().toString(),
                context.epoch(),
                null,
                0,
                null,
                new HostOperation.PowerOffHost());
        Instant now = context.now();
        return commands.send(HostEmptying.hostOf(context), command, POWER_OFF_MAX, progress -> {})
                .handle((answer, error) -> {
                    FaultException fault = cause(error) instanceof FaultException known ? known : null;
                    if (fault != null && fault.code() == FaultCode.VM_RUNNING) {
                        throw StepFailure.tryLater(Faults.recorded(fault.fault()));
                    }
                    boolean unanswered = fault != null
                            && (fault.code() == FaultCode.OPERATION_TIMED_OUT
                                    || fault.code() == FaultCode.HOST_NOT_CONNECTED);
                    if (error != null && !unanswered) {
                        throw error instanceof CompletionException wrapped ? wrapped : new CompletionException(error);
                    }
                    return StepOutput.of(
                            now.toString(), unanswered ? "its agent did not answer" : "its agent switches it off");
                });
    }

    private static @Nullable Throwable cause(@Nullable Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    private Optional<StepOutput> isSilent(StepContext context) {
        Host host = records.host(context);
        Duration waited = Duration.between(Instant.parse(context.output("power-off")), context.now());
        if (!host.isConnected()) {
            return Optional.of(StepOutput.NONE);
        }
        if (waited.compareTo(OFF_MAX) > 0) {
            return Optional.of(StepOutput.of(STAYED_ON)
                    .failing(fault(
                            FaultCode.OPERATION_TIMED_OUT,
                            host,
                            "%s was to switch itself off and is still there after %d s. See the agent's log for what its power-off command said."
                                    .formatted(host.name(), OFF_MAX.toSeconds()))));
        }
        context.progress().accept(new StepProgress(0, "waiting for the machine to go off", ""));
        return Optional.empty();
    }

    private CompletionStage<StepOutput> confirmOff(StepContext context) {
        Host host = records.host(context);
        if (host.isConnected()) {
            return done("it is not off");
        }
        Instant asked = Instant.parse(context.output("power-off"));
        return controls.call(control(host), PowerControl::state).thenApply(answer -> switch (answer) {
            case PowerAnswer.Is(PowerAnswer.MachinePower power)
            when power == PowerAnswer.MachinePower.OFF -> StepOutput.said("its power is off");
            case PowerAnswer.Is(PowerAnswer.MachinePower power)
            when power == PowerAnswer.MachinePower.UNKNOWN
                    && asked.plus(OFF_UNSEEN).isBefore(context.now()) ->
                StepOutput.said("nobody can tell whether its power is off");
            default ->
                throw StepFailure.tryLater(
                        fault(FaultCode.OPERATION_TIMED_OUT, host, "%s is not seen to be off.".formatted(host.name())));
        });
    }

    private StepOutput settleAsleep(StepContext context) {
        Host host = records.host(context);
        if (host.isConnected()) {
            records.change(
                    context,
                    before(context),
                    EventType.HOST_STANDBY_GIVEN_UP,
                    "%s did not go off, and is " + before(context).words() + " again.");
            return StepOutput.NONE;
        }
        records.noteChanged(host.id(), context.now());
        boolean off = context.outputOf("confirm-off").isPresent();
        records.tell(
                context,
                EventType.HOST_ENTERED_STANDBY,
                off
                        ? "%s is in stand-by.".formatted(host.name())
                        : "%s is in stand-by, but its power control does not say that its power is off. Look at the machine."
                                .formatted(host.name()));
        return StepOutput.NONE;
    }

    // ---- what they share ----

    private PowerControl control(Host host) {
        return controls.of(host)
                .orElseThrow(() -> refused(
                        FaultCode.HOST_NOT_WAKEABLE,
                        host,
                        "%s has no way to be woken. Set one up with: sternpost host power.".formatted(host.name())));
    }

    private static CompletionStage<StepOutput> done(String words) {
        return CompletableFuture.completedFuture(StepOutput.said(words));
    }

    private static StepFailure refused(FaultCode code, Host host, String message) {
        return StepFailure.refused(fault(code, host, message));
    }

    static TaskFault fault(FaultCode code, Host host, String message) {
        return Faults.recorded(new FaultException(code, host.id().value(), message).fault());
    }
}
