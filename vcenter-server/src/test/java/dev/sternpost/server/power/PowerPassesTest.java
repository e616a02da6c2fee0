package dev.sternpost.server.power;

import static dev.sternpost.server.power.PowerTestKit.ONE;
import static dev.sternpost.server.power.PowerTestKit.THREE;
import static dev.sternpost.server.power.PowerTestKit.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.power.PowerAdvice;
import dev.sternpost.drs.power.PowerPlan;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.power.PowerLevel;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PowerPassesTest {
    private final PowerTestKit kit = new PowerTestKit();

    private PowerPass look() {
        return kit.power.passes().run("ada", "prod");
    }

    private List<HostId> asleep() {
        return Stream.of(ONE, TWO, THREE)
                .filter(host -> kit.mode(host) == HostMode.STANDBY)
                .toList();
    }

    @Test
    void it_is_off_until_an_administrator_switches_it_on() {
        kit.tested();
        assertThat(look().stopped()).isEqualTo("power management is off");
        kit.seconds(300);
        assertThat(asleep()).isEmpty();
        assertThat(kit.power.passes().last("prod").orElseThrow().recommended()).isEmpty();
    }

    @Test
    void hosts_that_have_not_shown_that_they_wake_are_never_recommended_and_the_reason_is_shown() {
        kit.level(PowerLevel.AUTOMATIC, 1, 0);
        assertThat(look().recommended()).isEmpty();
        assertThat(look().kept())
                .hasSize(3)
                .extracting(PowerPlan.Kept::reason)
                .allSatisfy(reason -> assertThat(reason).startsWith("has no way to be woken"));
        kit.wakeable();
        assertThat(look().kept())
                .extracting(PowerPlan.Kept::reason)
                .allSatisfy(reason -> assertThat(reason).startsWith("has not shown yet"));
        assertThat(kit.power.admin().hosts("prod"))
                .allSatisfy(view -> assertThat(view.leftAlone()).startsWith("has not shown yet"));
        kit.seconds(200);
        assertThat(asleep()).isEmpty();
    }

    @Test
    void manual_recommends_and_a_person_applies() {
        kit.tested();
        kit.level(PowerLevel.MANUAL, 2, 0);
        kit.seconds(70);
        PowerPass pass = kit.power.passes().last("prod").orElseThrow();
        assertThat(pass.recommended()).singleElement().satisfies(each -> {
            assertThat(each.advice()).isInstanceOf(PowerAdvice.StandBy.class);
            assertThat(each.advice().reason()).isEqualTo("the other hosts can carry what it carries");
            assertThat(each.state()).isEqualTo(PowerPass.State.PENDING);
        });
        assertThat(asleep()).isEmpty();
        assertThatThrownBy(() -> kit.power.passes().apply("ada", "prod", Set.of("dpm-0-9")))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.RECOMMENDATION_EXPIRED));
        PowerPass applied = kit.power.passes().apply("ada", "prod", Set.of());
        assertThat(applied.recommended())
                .singleElement()
                .satisfies(each -> assertThat(each.state()).isEqualTo(PowerPass.State.APPLIED));
        kit.until("a host sleeps", () -> asleep().size() == 1);
        assertThat(kit.told(EventType.POWER_RECOMMENDATION_APPLIED)).hasSize(1);
    }

    @Test
    void automatic_puts_hosts_into_stand_by_one_after_the_other_and_keeps_as_many_as_it_is_told() {
        kit.tested();
        kit.make("web-1", ONE, 256L << 20, true);
        kit.level(PowerLevel.AUTOMATIC, 1, 0);
        kit.until("two sleep", () -> asleep().size() == 2);
        kit.seconds(400);
        assertThat(asleep()).hasSize(2);
        assertThat(kit.vm("web-1").hostId()).isNotIn(asleep());
        kit.level(PowerLevel.OFF, 0, 0);
        kit.seconds(200);
        assertThat(asleep()).hasSize(2);
    }

    @Test
    void a_host_with_its_own_level_off_is_left_alone() {
        kit.tested();
        kit.power.admin().updateHost("ada", "h1", PowerTestKit.override(PowerLevel.OFF));
        kit.power.admin().updateHost("ada", "h2", PowerTestKit.override(PowerLevel.MANUAL));
        kit.level(PowerLevel.AUTOMATIC, 1, 0);
        kit.until("the third sleeps", () -> asleep().equals(List.of(THREE)));
        kit.seconds(200);
        assertThat(asleep()).containsExactly(THREE);
        PowerPass pass = kit.power.passes().last("prod").orElseThrow();
        assertThat(pass.kept())
                .anySatisfy(kept -> assertThat(kept.reason()).isEqualTo("is left alone, as its own level says"));
        assertThat(pass.recommended())
                .singleElement()
                .satisfies(each -> assertThat(each.advice().hostId()).isEqualTo(TWO));
    }

    @Test
    void capacity_that_is_to_stay_on_stays_on_and_is_woken_for() {
        kit.tested();
        kit.level(PowerLevel.AUTOMATIC, 1, 0);
        kit.until("two sleep", () -> asleep().size() == 2);
        // Each host has 8,000 MHz.
        kit.power.admin().update("ada", "prod", new PowerAdmin.ClusterWish(null, 0, null, 0, null, 10_000L, null));
        kit.until("one is woken", () -> asleep().size() == 1);
        kit.seconds(300);
        assertThat(asleep()).hasSize(1);
    }

    @Test
    void a_vm_that_fits_on_no_host_that_is_on_waits_until_one_is_woken_for_it() {
        kit.tested();
        kit.make("big-1", ONE, 3L << 30, false);
        kit.make("big-2", ONE, 3L << 30, false);
        kit.level(PowerLevel.AUTOMATIC, 1, 0);
        kit.until("two sleep", () -> asleep().size() == 2);
        TaskView first = kit.server.vms.powerOn(PowerTestKit.ADA, "big-1");
        TaskView second = kit.server.vms.powerOn(PowerTestKit.ADA, "big-2");
        assertThat(kit.ended(first).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(kit.ended(second).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(kit.vm("big-1").hostId()).isNotEqualTo(kit.vm("big-2").hostId());
        assertThat(kit.told(EventType.POWER_RECOMMENDATION_APPLIED))
                .anySatisfy(message -> assertThat(message).contains("can take big-"));
    }

    @Test
    void what_fits_on_no_host_at_all_wakes_none() {
        kit.tested();
        kit.level(PowerLevel.AUTOMATIC, 1, 0);
        kit.until("two sleep", () -> asleep().size() == 2);
        ConfigWish wish = new ConfigWish(1, 64L << 30, null, List.of(), List.of(), "");
        Task task = kit.ended(
                kit.server.vms.create(PowerTestKit.ADA, new CreateRequest("huge", "", "prod", "", "", wish, true)));
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(asleep()).hasSize(2);
    }

    @Test
    void a_host_that_does_not_wake_is_left_alone_and_another_is_woken() {
        kit.tested();
        kit.level(PowerLevel.AUTOMATIC, 1, 0);
        kit.until("two sleep", () -> asleep().size() == 2);
        HostId dead = asleep().getFirst();
        HostId other = asleep().getLast();
        kit.datacenter.machines().setDead(dead, true);
        kit.power.admin().update("ada", "prod", new PowerAdmin.ClusterWish(null, 0, null, 0, null, 10_000L, null));
        kit.until("one is woken", () -> kit.mode(other) == HostMode.NORMAL);
        kit.seconds(700);
        assertThat(asleep()).containsExactly(dead);
        assertThat(kit.told(EventType.HOST_DID_NOT_WAKE)).hasSizeLessThanOrEqualTo(1);
    }
}
