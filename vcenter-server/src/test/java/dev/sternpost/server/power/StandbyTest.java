package dev.sternpost.server.power;

import static dev.sternpost.server.power.PowerTestKit.ADA;
import static dev.sternpost.server.power.PowerTestKit.ONE;
import static dev.sternpost.server.power.PowerTestKit.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.power.PowerMethod;
import dev.sternpost.inventory.power.WakeTest;
import dev.sternpost.server.powercontrol.PowerAnswer;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** web-1 runs on the first host, and idle is there too but off. */
class StandbyTest {
    private final PowerTestKit kit = new PowerTestKit().wakeable();
    private final Standby standby = kit.power.standby();

    StandbyTest() {
        kit.make("web-1", ONE, 1L << 30, true);
        kit.make("idle", ONE, 1L << 30, false);
    }

    private static void refused(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }

    private Host one() {
        return kit.datacenter.snapshot().get(ONE);
    }

    private String fault(Task task) {
        return Objects.requireNonNull(task.summary().fault()).code();
    }

    @Test
    void a_plan_says_what_would_move_and_what_forbids_it() {
        Standby.Plan plan = standby.plan("h1");
        assertThat(plan.evacuation().moves()).hasSize(1);
        assertThat(plan.evacuation().registrations()).hasSize(1);
        assertThat(plan.refusal()).isEmpty();
        kit.power.admin().updateHost("ada", "h1", PowerTestKit.by(PowerMethod.NONE));
        assertThat(standby.plan("h1").refusal()).contains("no way to be woken");
        assertThat(kit.mode(ONE)).isEqualTo(HostMode.NORMAL);
    }

    @Test
    void what_is_there_leaves_then_the_machine_goes_off_and_nobody_is_alarmed() {
        assertThat(kit.ended(standby.enter(ADA, "h1")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(kit.mode(ONE)).isEqualTo(HostMode.STANDBY);
        assertThat(kit.datacenter.machines().isOff(ONE)).isTrue();
        assertThat(kit.vm("web-1").hostId()).isNotEqualTo(ONE);
        assertThat(kit.vm("web-1").powerState()).isEqualTo(PowerState.POWERED_ON);
        assertThat(kit.vm("idle").hostId()).isNotEqualTo(ONE);
        assertThat(one().connectionState()).isEqualTo(HostConnectionState.DISCONNECTED);
        assertThat(one().status()).isEqualTo(OverallStatus.GRAY);
        assertThat(kit.told(EventType.HOST_NOT_RESPONDING)).isEmpty();
        assertThat(kit.told(EventType.HOST_ENTERED_STANDBY)).containsExactly("h1 is in stand-by.");
        assertThat(kit.setup(ONE).changedTime()).isNotNull();
    }

    @Test
    void a_host_in_stand_by_takes_nothing_and_comes_back_when_it_is_woken() {
        kit.ended(standby.enter(ADA, "h1"));
        refused(FaultCode.HOST_WRONG_MODE, () -> standby.enter(ADA, "h1"));
        refused(FaultCode.HOST_WRONG_MODE, () -> standby.exit(ADA, "h2"));
        assertThat(kit.ended(standby.exit(ADA, "h1")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(kit.mode(ONE)).isEqualTo(HostMode.NORMAL);
        assertThat(one().isConnected()).isTrue();
        assertThat(kit.setup(ONE).wakes()).isTrue();
        assertThat(kit.told(EventType.HOST_EXITED_STANDBY)).hasSize(1);
    }

    @Test
    void a_cancel_before_the_machine_goes_off_leaves_the_host_in_use() {
        kit.make("web-2", ONE, 1L << 30, true);
        TaskView entering = standby.enter(ADA, "h1");
        kit.until("it is being emptied", () -> kit.mode(ONE) == HostMode.ENTERING_STANDBY);
        kit.server.tasks().cancel(entering.task().id().toString());
        assertThat(kit.ended(entering).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(kit.mode(ONE)).isEqualTo(HostMode.NORMAL);
        assertThat(kit.datacenter.machines().isOff(ONE)).isFalse();
        assertThat(kit.told(EventType.HOST_STANDBY_GIVEN_UP)).hasSize(1);
    }

    @Test
    void a_host_that_could_not_be_woken_is_not_switched_off() {
        kit.power.admin().updateHost("ada", "h1", PowerTestKit.by(PowerMethod.NONE));
        refused(FaultCode.HOST_NOT_WAKEABLE, () -> standby.enter(ADA, "h1"));
        kit.power.admin().updateHost("ada", "h1", PowerTestKit.by(PowerMethod.COMMAND));
        kit.datacenter.machines().setAnswer(ONE, new PowerAnswer.CredentialsRefused("401"));
        Task wrong = kit.ended(standby.enter(ADA, "h1"));
        assertThat(fault(wrong)).isEqualTo(FaultCode.POWER_CREDENTIALS_REFUSED.name());
        kit.datacenter.machines().setAnswer(ONE, new PowerAnswer.Unreachable("no route"));
        Task unreachable = kit.ended(standby.enter(ADA, "h1"));
        assertThat(fault(unreachable)).isEqualTo(FaultCode.POWER_CONTROL_UNREACHABLE.name());
        assertThat(kit.mode(ONE)).isEqualTo(HostMode.NORMAL);
        assertThat(kit.datacenter.machines().isOff(ONE)).isFalse();
    }

    @Test
    void a_machine_that_stays_on_is_in_use_again_and_the_task_says_so() {
        kit.datacenter.machines().setStubborn(ONE);
        Task task = kit.ended(standby.enter(ADA, "h1"));
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(fault(task)).isEqualTo(FaultCode.OPERATION_TIMED_OUT.name());
        assertThat(kit.mode(ONE)).isEqualTo(HostMode.NORMAL);
        Task test = kit.ended(standby.test(ADA, "h1"));
        assertThat(test.state()).isEqualTo(TaskState.FAILED);
        assertThat(kit.mode(ONE)).isEqualTo(HostMode.NORMAL);
        assertThat(kit.setup(ONE).wakes()).isFalse();
    }

    @Test
    void a_machine_that_does_not_wake_is_marked_and_stays_in_stand_by() {
        kit.ended(standby.enter(ADA, "h1"));
        kit.datacenter.machines().setDead(ONE, true);
        Task task = kit.ended(standby.exit(ADA, "h1"));
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(fault(task)).isEqualTo(FaultCode.HOST_DID_NOT_WAKE.name());
        assertThat(kit.mode(ONE)).isEqualTo(HostMode.STANDBY);
        assertThat(kit.told(EventType.HOST_DID_NOT_WAKE)).hasSize(1);
        WakeTest last = Objects.requireNonNull(kit.setup(ONE).lastTest());
        assertThat(last.passed()).isFalse();
        assertThat(last.detail()).contains("did not come within 600 s");

        kit.datacenter.machines().setDead(ONE, false);
        assertThat(kit.ended(standby.test(ADA, "h1")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(kit.setup(ONE).wakes()).isTrue();
    }

    @Test
    void a_source_that_has_not_let_go_of_a_vm_yet_is_waited_for_and_one_that_never_does_is_not_switched_off() {
        kit.datacenter.machines().setLingering(ONE, 5);
        assertThat(kit.ended(standby.enter(ADA, "h1")).state()).isEqualTo(TaskState.SUCCEEDED);
        kit.datacenter.machines().setLingering(TWO, 1_000);
        Task task = kit.ended(standby.enter(ADA, "h2"));
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(fault(task)).isEqualTo(FaultCode.VM_RUNNING.name());
        assertThat(kit.mode(TWO)).isEqualTo(HostMode.NORMAL);
    }

    @Test
    void wrong_credentials_end_the_waking_at_once() {
        kit.ended(standby.enter(ADA, "h1"));
        kit.datacenter.machines().setAnswer(ONE, new PowerAnswer.CredentialsRefused("401"));
        TaskView waking = standby.exit(ADA, "h1");
        Task task = kit.ended(waking);
        assertThat(fault(task)).isEqualTo(FaultCode.POWER_CREDENTIALS_REFUSED.name());
        assertThat(kit.mode(ONE)).isEqualTo(HostMode.STANDBY);
    }

    @Test
    void a_wake_test_empties_the_host_wakes_it_and_keeps_how_long_it_took() {
        assertThat(kit.ended(standby.test(ADA, "h1")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(kit.mode(ONE)).isEqualTo(HostMode.NORMAL);
        assertThat(kit.vm("web-1").powerState()).isEqualTo(PowerState.POWERED_ON);
        assertThat(kit.vm("idle").hostId()).isEqualTo(ONE);
        WakeTest test = Objects.requireNonNull(kit.setup(ONE).lastTest());
        assertThat(test.passed()).isTrue();
        assertThat(test.millis()).isBetween(0L, 5_000L);
        assertThat(kit.told(EventType.HOST_WAKE_TESTED)).hasSize(1);
    }

    @Test
    void a_host_that_somebody_switches_on_is_in_use_again() {
        kit.ended(standby.enter(ADA, "h2"));
        kit.datacenter.machines().pressButton(TWO);
        kit.until("it is in use", () -> kit.mode(TWO) == HostMode.NORMAL);
        assertThat(kit.told(EventType.HOST_EXITED_STANDBY))
                .singleElement()
                .asString()
                .contains("by somebody");
    }
}
