package dev.sternpost.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What every text file must be, whatever it says. */
class TextTest {
    private static final Pattern TEXT = Pattern.compile(
            ".*(\\.(java|proto|xml|md|txt|sh|py|c|h|sql|json|ya?ml|properties|ts|tsx|css|html|log|expect|conf|service)|(^|/)(sternpost|run|LICENSE|NOTICE|\\.gitignore))");

    /** Addresses that belong to one machine or one company's network, and work nowhere else. */
    private static final List<Pattern> NOT_OURS = List.of(
            Pattern.compile("(?<![\\w.\\-/$}{*])/(work|farm)/"),
            Pattern.compile("/root/\\."),
            Pattern.compile(
                    "https?://(?!repo\\.example)[\\w.-]*\\b(registry|artifactory|nexus|mirror|proxy)[\\w-]*\\.[\\w.-]+"));

    /** Standard texts that are kept as they were published. */
    private static final Set<Path> AS_PUBLISHED = Set.of(Path.of("LICENSE"));

    private final List<Path> texts = Repository.files().stream()
            .filter(f -> TEXT.matcher(f.toString()).matches())
            .filter(f -> !AS_PUBLISHED.contains(f))
            .toList();

    @Test
    void text_has_no_tabs_no_trailing_blanks_and_ends_with_a_newline() {
        List<String> faults = new ArrayList<>();
        for (Path file : texts) {
            String text = Repository.read(file);
            boolean golden = file.toString().matches(".*\\.(log|expect)|.*/transcripts/.*");
            if (text.contains("\r")) {
                faults.add(file + ": carriage return");
            }
            if (!text.isEmpty() && !text.endsWith("\n")) {
                faults.add(file + ": no newline at the end");
            }
            int number = 0;
            for (String line : text.lines().toList()) {
                number++;
                if (line.contains("\t")) {
                    faults.add(file + ":" + number + ": tab");
                }
                if (!golden && !line.equals(line.stripTrailing())) {
                    faults.add(file + ":" + number + ": trailing blank");
                }
            }
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void nothing_names_a_machine_or_a_network_of_its_author() {
        List<String> faults = new ArrayList<>();
        for (Path file : texts) {
            // This file has to name what it looks for.
            if (!file.endsWith("TextTest.java")) {
                List<String> lines = Repository.read(file).lines().toList();
                for (int i = 0; i < lines.size(); i++) {
                    String line = lines.get(i);
                    if (NOT_OURS.stream().anyMatch(p -> p.matcher(line).find())) {
                        faults.add(file + ":" + (i + 1) + ": " + line.strip());
                    }
                }
            }
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void every_package_says_what_it_is_and_that_nothing_in_it_is_null() {
        Set<Path> packages = Repository.files(".java").stream()
                .filter(f -> f.toString().contains("src/main/java"))
                .map(Path::getParent)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(packages).allSatisfy(folder -> {
            Path info = folder.resolve("package-info.java");
            assertThat(Repository.ROOT.resolve(info)).exists();
            assertThat(Repository.read(info)).contains("@NullMarked").containsPattern("/\\*\\*[\\s*]+\\w");
        });
    }

    @Test
    void shell_scripts_that_are_called_may_be_run() {
        assertThat(texts.stream()
                        .filter(f -> Repository.read(f).startsWith("#!"))
                        .filter(f -> !Files.isExecutable(Repository.ROOT.resolve(f))))
                .as("begins with #! but is not executable")
                .isEmpty();
    }
}
