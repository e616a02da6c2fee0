package dev.sternpost.server.power;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.power.PowerMethod;
import dev.sternpost.server.maintenance.HostEmptying;
import dev.sternpost.server.powercontrol.PowerAnswer;
import dev.sternpost.server.powercontrol.PowerControl;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.RetryPolicy;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepFailure;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that the power of a host that high availability takes for dead is off. A proof more, never one that a restart waits for: the controller
 * may have lost its power with the host.
 *
 * <ol>
 *   <li>cut-power: asks first; what is off already is left alone, and so is a host whose agent answers again. From here there is no way back
 *   <li>confirm-off: the power is seen to be off, if that can be told
 *   <li>tell: what came of it
 * </ol>
 */
public final class Fencing {
    /** Kind of the task. */
    public static final String KIND = "Host.fence";

    private static final Logger LOG = LoggerFactory.getLogger(Fencing.class);
    private static final RetryPolicy OFF_POLLS = new RetryPolicy(20, Duration.ofSeconds(1), Duration.ofSeconds(3));
    private static final String ALREADY = "its power was off already";
    private static final String CUT = "its power was cut";

    private final Tasks tasks;
    private final ControlCalls controls;
    private final PowerBook book;

    Fencing(Tasks tasks, ControlCalls controls, PowerBook book) {
        this.tasks = tasks;
        this.controls = controls;
        this.book = book;
    }

    private record Request(String host) {}

    /** Files the task, if the host has a power control that can switch it off; one that is under way is enough. */
    public void fence(Host host) {
        boolean canSwitchOff =
                controls.of(host).isPresent() && book.of(host.id()).method() != PowerMethod.WAKE_ON_LAN;
        if (!canSwitchOff) {
            return;
        }
        try {
            tasks.submit(
                    HostEmptying.alongside(KIND, host, "fence:" + host.id().value()),
                    Caller.SYSTEM,
                    new Request(host.id().value()));
        } catch (FaultException e) {
            LOG.warn("the power of {} is not cut: {}", host.name(), e.fault().message());
        }
    }

    /** The workflow, to be registered with the task runner. */
    static Workflow workflow(PowerRecords records, ControlCalls controls) {
        return new Workflow(
                KIND,
                Step.remote("cut-power", context -> cut(context, records, controls))
                        .withTimeout(StandbyWorkflows.CONTROL_MAX.multipliedBy(2))
                        .asFinalEffect(),
                Step.remote("confirm-off", context -> confirm(context, records, controls))
                        .withTimeout(StandbyWorkflows.CONTROL_MAX)
                        .withRetry(OFF_POLLS)
                        .asOptional(),
                Step.local("tell", context -> tell(context, records)));
    }

    private static CompletionStage<StepOutput> cut(StepContext context, PowerRecords records, ControlCalls controls) {
        Host host = records.host(context);
        Optional<PowerControl> control = controls.of(host);
        if (host.isConnected() || host.mode().isClosed() || control.isEmpty()) {
            throw StepFailure.refused(StandbyWorkflows.fault(
                    FaultCode.HOST_WRONG_MODE,
                    host,
                    host.isConnected()
                            ? "%s answers again, and is left on.".formatted(host.name())
                            : host.mode().isClosed()
                                    ? "%s is being worked on, and is left alone.".formatted(host.name())
                                    : "%s has no power control any more.".formatted(host.name())));
        }
        return controls.call(control.get(), Fencing::offUnlessItIs).thenApply(answer -> outcome(host, answer));
    }

    private static PowerAnswer offUnlessItIs(PowerControl control) {
        PowerAnswer state = control.state();
        return switch (state) {
            case PowerAnswer.Is(PowerAnswer.MachinePower power)
            when power == PowerAnswer.MachinePower.OFF -> new PowerAnswer.Already();
            case PowerAnswer.CredentialsRefused refused -> refused;
            case PowerAnswer.Unreachable silent -> silent;
            default -> control.off();
        };
    }

    private static StepOutput outcome(Host host, PowerAnswer answer) {
        PowerProblem problem = PowerProblem.of(answer);
        if (problem == null) {
            String words = answer instanceof PowerAnswer.Already ? ALREADY : CUT;
            return StepOutput.of(words, words);
        }
        String words = answer instanceof PowerAnswer.Unreachable
                ? problem.words() + "; it may have lost its power with the host"
                : problem.words();
        return StepOutput.of(words, words)
                .failing(StandbyWorkflows.fault(
                        problem.code(),
                        host,
                        "It is not known whether the power of %s is off: %s. Restarts did not wait for it."
                                .formatted(host.name(), words)));
    }

    private static CompletionStage<StepOutput> confirm(
            StepContext context, PowerRecords records, ControlCalls controls) {
        Host host = records.host(context);
        Optional<PowerControl> control = controls.of(host);
        if (!context.output("cut-power").equals(CUT) || control.isEmpty()) {
            return CompletableFuture.completedFuture(StepOutput.of(context.output("cut-power")));
        }
        return controls.call(control.get(), PowerControl::state).thenApply(answer -> {
            if (answer instanceof PowerAnswer.Is(PowerAnswer.MachinePower power)
                    && power != PowerAnswer.MachinePower.ON) {
                return StepOutput.of(
                        power == PowerAnswer.MachinePower.OFF
                                ? CUT + ", and is seen to be off"
                                : CUT + "; nobody can tell whether it is off");
            }
            throw StepFailure.tryLater(StandbyWorkflows.fault(
                    FaultCode.OPERATION_TIMED_OUT, host, "%s is not seen to be off.".formatted(host.name())));
        });
    }

    private static StepOutput tell(StepContext context, PowerRecords records) {
        String outcome = context.output("cut-power");
        boolean off = outcome.equals(ALREADY) || outcome.equals(CUT);
        Host host = records.host(context);
        String words = context.outputOf("confirm-off").orElse(outcome + ", but is not seen to be off");
        records.tell(
                context,
                off ? EventType.HOST_POWER_FENCED : EventType.HOST_POWER_FENCE_FAILED,
                off
                        ? "%s is taken for dead: %s.".formatted(host.name(), words)
                        : "%s is taken for dead, and its power could not be cut: %s. Restarts do not wait for it."
                                .formatted(host.name(), outcome));
        return StepOutput.NONE;
    }
}
