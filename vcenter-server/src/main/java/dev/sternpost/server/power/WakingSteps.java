package dev.sternpost.server.power;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.power.WakeTest;
import dev.sternpost.server.maintenance.HostEmptying;
import dev.sternpost.server.powercontrol.PowerAnswer;
import dev.sternpost.server.powercontrol.PowerControl;
import dev.sternpost.server.work.Json;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.StepProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The steps that wake a host that sleeps: the second half of a wake test, and the whole of leaving stand-by. */
final class WakingSteps {
    /** Longest a machine may take from the order to wake until its agent is there. */
    static final Duration WAKE_MAX = Duration.ofMinutes(10);

    /** What is remembered of a host that there was no sign of when it was to be woken. */
    private static final String SILENT = "silent";

    private final PowerRecords records;
    private final ControlCalls controls;

    WakingSteps(PowerRecords records, ControlCalls controls) {
        this.records = records;
        this.controls = controls;
    }

    /** What came of the order to wake, for the steps that follow. */
    private record Waking(Instant time, @Nullable String code, String problem) {}

    /** To the end, whatever comes of it. */
    List<Step> steps() {
        return List.of(
                Step.local("begin-waking", this::beginWaking).withLocalUndo(this::sleepOn),
                Step.remote("wake", this::wake)
                        .withTimeout(StandbyWorkflows.CONTROL_MAX)
                        .asPointOfNoReturn(),
                Step.await("await-agent", WAKE_MAX.multipliedBy(2), this::isAwake)
                        .withWeight(StandbyWorkflows.WEIGHT),
                Step.local("settle", this::settle));
    }

    /** Remembers whether there was anything to wake: what comes to the later steps may have come of an earlier try of them. */
    private StepOutput beginWaking(StepContext context) {
        boolean there = records.host(context).isConnected();
        records.change(
                context, HostMode.EXITING_STANDBY, EventType.HOST_EXITING_STANDBY, "%s is waking from stand-by.");
        return StepOutput.of(there ? "there already" : SILENT);
    }

    private StepOutput sleepOn(StepContext context) {
        records.change(
                context, HostMode.STANDBY, EventType.HOST_ENTERED_STANDBY, "%s is not woken, and stays in stand-by.");
        return StepOutput.NONE;
    }

    /** Never fails: whether the machine comes is what counts, and a person may have switched it on meanwhile. */
    private CompletionStage<StepOutput> wake(StepContext context) {
        Host host = records.host(context);
        Instant now = context.now();
        if (host.isConnected()) {
            return CompletableFuture.completedFuture(
                    StepOutput.of(Json.write(new Waking(now, null, "")), "its agent is there"));
        }
        Optional<PowerControl> control = controls.of(host);
        if (control.isEmpty()) {
            return CompletableFuture.completedFuture(StepOutput.of(Json.write(
                    new Waking(now, FaultCode.HOST_NOT_WAKEABLE.name(), "there is no way to wake it any more"))));
        }
        return controls.call(control.get(), PowerControl::on).thenApply(answer -> {
            PowerProblem problem = PowerProblem.of(answer);
            return problem == null
                    ? StepOutput.of(Json.write(new Waking(now, null, "")), words(answer))
                    : StepOutput.of(
                            Json.write(new Waking(now, problem.code().name(), problem.words())), problem.words());
        });
    }

    private static String words(PowerAnswer answer) {
        return answer instanceof PowerAnswer.Already ? "its power was on already" : "it was told to wake";
    }

    private Optional<StepOutput> isAwake(StepContext context) {
        Host host = records.host(context);
        Waking waking = Json.read(context.output("wake"), Waking.class);
        Duration waited = Duration.between(waking.time(), context.now());
        if (host.isConnected()) {
            return Optional.of(StepOutput.of(
                    Long.toString(waited.toMillis()), "its agent was there after %d s".formatted(waited.toSeconds())));
        }
        String code = waking.code();
        if (code != null || waited.compareTo(WAKE_MAX) > 0) {
            String why = code == null
                    ? "its agent did not come within %d s".formatted(WAKE_MAX.toSeconds())
                    : waking.problem();
            FaultCode fault =
                    Optional.ofNullable(code).flatMap(FaultCode::named).orElse(FaultCode.HOST_DID_NOT_WAKE);
            return Optional.of(StepOutput.of(why)
                    .failing(StandbyWorkflows.fault(
                            fault,
                            host,
                            "%s did not wake: %s. Look at the machine; power management leaves it alone until a wake test passes."
                                    .formatted(host.name(), why))));
        }
        context.progress()
                .accept(new StepProgress(
                        (int) (100 * waited.toSeconds() / WAKE_MAX.toSeconds()),
                        "waiting for its agent since %d s".formatted(waited.toSeconds()),
                        ""));
        return Optional.empty();
    }

    private StepOutput settle(StepContext context) {
        Host host = records.host(context);
        boolean test = context.task().draft().kind().equals(HostEmptying.TEST_WAKE);
        String outcome = context.output("await-agent");
        if (!host.isConnected()) {
            records.noteTest(host.id(), new WakeTest(context.now(), false, 0, outcome));
            records.change(
                    context,
                    HostMode.STANDBY,
                    EventType.HOST_DID_NOT_WAKE,
                    "%s did not wake: " + outcome.replace("%", "%%") + ". Look at the machine.");
            return StepOutput.NONE;
        }
        boolean told = context.output("begin-waking").equals(SILENT);
        boolean stayedOn = test && context.output("await-silence").equals(StandbyWorkflows.STAYED_ON);
        long millis = outcome.chars().allMatch(Character::isDigit) ? Long.parseLong(outcome) : 0;
        // One that came by itself, or that somebody switched on, has not shown that it can be woken.
        if (told) {
            records.noteTest(host.id(), new WakeTest(context.now(), true, millis, ""));
        } else if (test) {
            records.noteTest(
                    host.id(),
                    new WakeTest(
                            context.now(),
                            false,
                            0,
                            stayedOn ? "it did not go off" : "it was on before it was told to wake"));
        }
        records.noteChanged(host.id(), context.now());
        HostMode mode = test ? StandbyWorkflows.before(context) : HostMode.NORMAL;
        records.change(
                context,
                mode,
                EventType.HOST_EXITED_STANDBY,
                "%s is out of stand-by and " + (mode == HostMode.NORMAL ? "in normal use." : mode.words() + " again."));
        if (test && told) {
            records.tell(
                    context,
                    EventType.HOST_WAKE_TESTED,
                    "%s wakes: its agent was there after %d s.".formatted(host.name(), millis / 1_000));
        }
        return StepOutput.NONE;
    }
}
