package dev.sternpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CompletionTest extends CommandTest {
    private String complete(String words, int at) throws IOException, InterruptedException {
        Path script = directory.resolve("completion.bash");
        Files.writeString(script, give("completion", "bash").out());
        String bash = ". '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; _sternpost; echo \"${COMPREPLY[*]}\""
                .formatted(script, words, at);
        Process process = new ProcessBuilder("bash", "--norc", "-c", bash)
                .redirectErrorStream(true)
                .start();
        try {
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return answer;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void nouns_verbs_options_and_formats_are_completed() throws Exception {
        assertThat(complete("sternpost data", 1)).isEqualTo("datacenter datastore");
        assertThat(complete("sternpost vm re", 2)).isEqualTo("reconfigure rename reset resume register");
        assertThat(complete("sternpost vm migrate --p", 3)).isEqualTo("--pause");
        assertThat(complete("sternpost vm ls -o ''", 4)).isEqualTo("table json yaml");
        assertThat(complete("sternpost demo --j", 2)).isEqualTo("--json");
    }

    @Test
    void the_launchers_verbs_are_completed_where_the_launcher_is() throws Exception {
        assertThat(complete("./sternpost st", 1)).isEqualTo("status");
        assertThat(complete("sternpost st", 1)).isEmpty();
        assertThat(complete("./sternpost down --", 2)).isEqualTo("--now --wipe --yes");
        assertThat(complete("sternpost completion ''", 2)).isEqualTo("bash zsh");
    }

    @Test
    void every_verb_of_the_launcher_is_known() throws Exception {
        Path launcher = Path.of(System.getProperty("sternpost.root", ".."), "sternpost");
        String line = Files.readAllLines(launcher).stream()
                .filter(text -> text.strip().startsWith("up | down"))
                .findFirst()
                .orElseThrow();
        String[] verbs = line.strip().replace(")", "").split(" \\| ");
        assertThat(verbs).hasSizeGreaterThan(5);
        assertThat(complete("./sternpost ''", 1).split(" ")).contains(verbs);
    }

    @Test
    void the_script_for_zsh_is_one_of_its_own_completion_system() {
        assertThat(give("completion", "zsh").out())
                .startsWith("#compdef sternpost\n")
                .contains("\n_sternpost() {\n", "\n  compadd -- ", "\n  compdef _sternpost sternpost ./sternpost\n")
                .doesNotContain("COMP_WORDS", "compgen");
    }
}
