package dev.sternpost.server.power;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.power.PowerMethod;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.powercontrol.PowerAnswer;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FencingTest {
    private final PowerTestKit kit = new PowerTestKit().wakeable();

    /** The agent of host one falls silent. */
    private Host silent() {
        Host host = kit.datacenter.snapshot().get(PowerTestKit.ONE);
        kit.datacenter
                .inventory()
                .commit(InventoryWrite.builder()
                        .put(host.withConnection(
                                HostConnectionState.NOT_RESPONDING, host.incarnation(), host.lastSeen()))
                        .build());
        return kit.datacenter.snapshot().get(PowerTestKit.ONE);
    }

    private List<TaskView> tasks() {
        return kit.server.tasks().list(new TaskQuery(PowerTestKit.ONE.value(), false, null, 100)).stream()
                .filter(view -> view.task().draft().kind().equals(Fencing.KIND))
                .toList();
    }

    private Task fenced() {
        kit.power.fencing().fence(silent());
        return kit.ended(tasks().getFirst());
    }

    private static String code(Task task) {
        return Objects.requireNonNull(task.summary().fault()).code();
    }

    @Test
    void a_dead_host_that_is_on_is_switched_off_and_seen_to_be_off() {
        assertThat(fenced().state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(kit.datacenter.machines().isOff(PowerTestKit.ONE)).isTrue();
        assertThat(kit.told(EventType.HOST_POWER_FENCED))
                .containsExactly("h1 is taken for dead: its power was cut, and is seen to be off.");
    }

    @Test
    void one_that_is_off_already_is_proof_enough() {
        kit.datacenter.machines().setAnswer(PowerTestKit.ONE, new PowerAnswer.Is(PowerAnswer.MachinePower.OFF));
        assertThat(fenced().state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(kit.told(EventType.HOST_POWER_FENCED))
                .containsExactly("h1 is taken for dead: its power was off already.");
    }

    @Test
    void a_controller_that_is_dead_with_its_host_is_told_as_that() {
        kit.datacenter.machines().setAnswer(PowerTestKit.ONE, new PowerAnswer.Unreachable("no route"));
        assertThat(code(fenced())).isEqualTo("POWER_CONTROL_UNREACHABLE");
        assertThat(kit.told(EventType.HOST_POWER_FENCE_FAILED))
                .singleElement()
                .asString()
                .contains("no route", "may have lost its power with the host", "Restarts do not wait for it");
    }

    @Test
    void wrong_credentials_are_told_as_that() {
        kit.datacenter.machines().setAnswer(PowerTestKit.ONE, new PowerAnswer.CredentialsRefused("401"));
        assertThat(code(fenced())).isEqualTo("POWER_CREDENTIALS_REFUSED");
        assertThat(kit.told(EventType.HOST_POWER_FENCE_FAILED)).hasSize(1);
    }

    @Test
    void a_host_that_answers_again_is_left_on() {
        Host host = kit.datacenter.snapshot().get(PowerTestKit.ONE);
        kit.power.fencing().fence(host);
        assertThat(kit.ended(tasks().getFirst()).state()).isEqualTo(TaskState.FAILED);
        assertThat(kit.datacenter.machines().isOff(PowerTestKit.ONE)).isFalse();
        assertThat(kit.told(EventType.HOST_POWER_FENCED)).isEmpty();
    }

    @Test
    void nothing_is_filed_where_nothing_can_be_switched_off() {
        kit.power.admin().updateHost("ada", "h1", PowerTestKit.by(PowerMethod.NONE));
        kit.power.fencing().fence(silent());
        assertThat(tasks()).isEmpty();
    }

    @Test
    void one_that_somebody_works_on_is_left_alone() {
        Host host = silent();
        kit.datacenter
                .inventory()
                .commit(InventoryWrite.builder()
                        .put(host.withMode(HostMode.MAINTENANCE))
                        .build());
        kit.power.fencing().fence(kit.datacenter.snapshot().get(PowerTestKit.ONE));
        assertThat(code(kit.ended(tasks().getFirst()))).isEqualTo("HOST_WRONG_MODE");
        assertThat(kit.datacenter.machines().isOff(PowerTestKit.ONE)).isFalse();
    }
}
