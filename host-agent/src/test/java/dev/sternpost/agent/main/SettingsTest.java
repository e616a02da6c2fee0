package dev.sternpost.agent.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.main.Settings.NetworkMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @TempDir
    Path directory;

    @Test
    void what_the_launcher_gives_is_read() {
        Settings settings = read(
                "--home",
                "/h",
                "--run",
                "/r",
                "--server",
                "127.0.0.1:8443",
                "--enrolment-token-file",
                "/t",
                "--relay",
                "127.0.1.2:7450",
                "--datastore",
                "shared1=/d/one",
                "--datastore",
                "local=/d/two",
                "--vm-uid",
                "7",
                "--netns",
                "sp1-h2",
                "--uplink",
                "uplink0");

        assertThat(settings.home()).isEqualTo(Path.of("/h"));
        assertThat(settings.server()).isEqualTo("127.0.0.1:8443");
        assertThat(settings.tokenFile()).contains(Path.of("/t"));
        assertThat(settings.relay().getHostString()).isEqualTo("127.0.1.2");
        assertThat(settings.datastores())
                .containsEntry("shared1", Path.of("/d/one"))
                .containsEntry("local", Path.of("/d/two"));
        assertThat(settings.vmUid()).isEqualTo(7);
        assertThat(settings.namespace()).isEqualTo("sp1-h2");
        assertThat(settings.networkMode()).isEqualTo(NetworkMode.BRIDGE);
        assertThat(settings.network()).isEqualTo("VM Network");
    }

    @Test
    void arguments_beat_system_properties_which_beat_the_file() throws IOException {
        Path file = directory.resolve("agent.properties");
        Files.writeString(file, "home=/from-file\nrun=/from-file\nserver=file:1\ndatastore=a=/1, b=/2\n");
        Properties system = new Properties();
        system.setProperty("sternpost.agent.run", "/from-property");
        system.setProperty("sternpost.agent.server", "property:1");

        Settings settings =
                Settings.read(new String[] {"--config", file.toString(), "--server=argument:1"}, system, false);

        assertThat(settings.home()).isEqualTo(Path.of("/from-file"));
        assertThat(settings.runDirectory()).isEqualTo(Path.of("/from-property"));
        assertThat(settings.server()).isEqualTo("argument:1");
        assertThat(settings.datastores()).containsOnlyKeys("a", "b");
        assertThat(settings.networkMode()).isEqualTo(NetworkMode.USER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--run /r",
                "--home /h --run",
                "--home /h --run /r --nonsense 1",
                "--home /h --run /r stray",
                "--home /h --run /r --relay nowhere",
                "--home /h --run /r --relay 127.0.0.1:99999",
                "--home /h --run /r --datastore nameless",
                "--home /h --run /r --vm-uid -3",
                "--home /h --run /r --network-mode carrier-pigeon",
                "--home /h --run /r --accelerator magic",
                "--config /no/such/file",
            })
    void what_cannot_be_meant_is_refused_in_words(String line) {
        assertThatThrownBy(() -> read(line.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).{10,}");
    }

    private static Settings read(String... arguments) {
        return Settings.read(arguments, new Properties(), true);
    }
}
