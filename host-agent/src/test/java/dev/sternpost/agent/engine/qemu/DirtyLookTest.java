package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.agent.engine.qmp.QmpClient;
import dev.sternpost.agent.engine.qmp.QmpEvent;
import dev.sternpost.agent.engine.qmp.QmpListener;
import dev.sternpost.agent.engine.qmp.ScriptedSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DirtyLookTest {

    private final Monitor monitor = new Monitor("vm-1");
    private final DirtyLook look = new DirtyLook(monitor);
    private final List<String> begun = Collections.synchronizedList(new ArrayList<>());
    private ScriptedSocket qemu;
    private volatile String state = "{\"status\": \"unstarted\", \"calc-time\": 0}";

    @BeforeEach
    void connect() throws IOException {
        qemu = new ScriptedSocket("{\"QMP\": {}}\n", this::answer);
        monitor.use(QmpClient.connect(qemu.path(), "vm-1", Duration.ofSeconds(10), new QmpListener() {
            @Override
            public void event(QmpEvent event) {}

            @Override
            public void closed() {}
        }));
    }

    @AfterEach
    void close() {
        monitor.close();
        qemu.close();
    }

    private String answer(String line) {
        String id = line.replaceAll(".*\"id\":([0-9]+).*", "$1");
        if (line.contains("calc-dirty-rate")) {
            begun.add(line.replaceAll(".*\"calc-time\":([0-9]+).*", "$1"));
        }
        return "{\"id\": " + id + ", \"return\": " + (line.contains("query-dirty-rate") ? state : "{}") + "}\n";
    }

    @Test
    void short_and_long_looks_take_turns_and_each_is_told_by_the_next_reading() {
        assertThat(look.read(false)).isEqualTo(VmMeters.Dirtied.UNTOLD);
        state = "{\"status\": \"measured\", \"dirty-rate\": 20, \"calc-time\": 1}";
        assertThat(look.read(false)).isEqualTo(new VmMeters.Dirtied(20 << 20, 1_000));
        state = "{\"status\": \"measured\", \"dirty-rate\": 8, \"calc-time\": 4}";
        assertThat(look.read(false)).isEqualTo(new VmMeters.Dirtied(32 << 20, 4_000));
        assertThat(begun).containsExactly("1", "4", "1");
    }

    @Test
    void no_second_look_is_begun_while_one_goes_on_and_none_in_a_migration() {
        state = "{\"status\": \"measuring\", \"calc-time\": 4}";
        assertThat(look.read(false)).isEqualTo(VmMeters.Dirtied.UNTOLD);
        state = "{\"status\": \"measured\", \"dirty-rate\": 20, \"calc-time\": 1}";
        assertThat(look.read(true)).isEqualTo(new VmMeters.Dirtied(20 << 20, 1_000));
        assertThat(begun).isEmpty();
    }
}
