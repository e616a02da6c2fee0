package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.engine.qmp.QmpClient;
import dev.sternpost.agent.engine.qmp.QmpEvent;
import dev.sternpost.agent.engine.qmp.QmpListener;
import dev.sternpost.agent.engine.qmp.ScriptedSocket;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the monitor's troubles. */
@Timeout(30)
class MonitorTest {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final Monitor monitor = new Monitor("vm-1");
    private ScriptedSocket qemu;

    private static final class Deaf implements QmpListener {
        @Override
        public void event(QmpEvent event) {}

        @Override
        public void closed() {}
    }

    @BeforeEach
    void connect() throws IOException {
        qemu = new ScriptedSocket("{\"QMP\": {}}\n", saying(id -> "{\"return\": {}, \"id\": " + id + "}\n"));
        monitor.use(QmpClient.connect(qemu.path(), "vm-1", BOUND, new Deaf()));
    }

    @AfterEach
    void close() {
        monitor.close();
        qemu.close();
    }

    private static Function<String, String> saying(Function<String, String> answer) {
        return line -> answer.apply(line.replaceAll(".*\"id\":([0-9]+).*", "$1"));
    }

    private static Function<String, String> refusing(String why) {
        return saying(id -> "{\"error\": {\"desc\": \"" + why + "\"}, \"id\": " + id + "}\n");
    }

    @Test
    void a_command_carries_its_arguments_and_brings_its_answer() {
        qemu.answer(saying(id -> "{\"return\": {\"status\": \"running\"}, \"id\": " + id + "}\n"));

        assertThat(monitor.status()).isEqualTo("running");
        monitor.execute("screendump", "filename", "/x", "format", "png");
        assertThat(qemu.heard().getLast()).contains("\"arguments\":{\"filename\":\"/x\",\"format\":\"png\"}");
    }

    @Test
    void a_refusal_is_an_error_of_the_host_about_this_machine() {
        qemu.answer(refusing("Bad things"));

        assertThatThrownBy(() -> monitor.execute("cont")).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.HOST_ERROR);
            assertThat(fault.fault().subjectId()).isEqualTo("vm-1");
            assertThat(fault.getMessage()).contains("Bad things");
        });
    }

    @Test
    void a_disk_that_somebody_else_has_open_is_known_by_qemus_words() {
        qemu.answer(refusing("Failed to get \\\"write\\\" lock"));

        assertFault(() -> monitor.execute("cont"), FaultCode.VM_LOCKED);
    }

    @Test
    void a_monitor_that_does_not_answer_is_told_from_one_that_is_gone() {
        qemu.answer(line -> "");
        assertFault(() -> monitor.execute(Duration.ofMillis(20), "cont"), FaultCode.OPERATION_TIMED_OUT);

        qemu.hangUp();
        assertFault(() -> monitor.execute("cont"), FaultCode.HOST_ERROR);
    }

    @Test
    void a_stuck_stream_is_cut_out_of_band() {
        monitor.yankMigration();

        assertThat(qemu.heard().getLast()).contains("\"exec-oob\":\"yank\"").contains("\"type\":\"migration\"");
    }

    @Test
    void before_it_is_connected_it_cannot_be_used() {
        assertThatThrownBy(() -> new Monitor("vm-2").execute("cont")).isInstanceOf(IllegalStateException.class);
    }

    private static void assertFault(ThrowingCallable step, FaultCode code) {
        assertThatThrownBy(step)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }
}
