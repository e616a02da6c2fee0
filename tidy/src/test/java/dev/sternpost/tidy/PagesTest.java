package dev.sternpost.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PagesTest {
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)[^)]*\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6}\\s+(.+?)\\s*$");
    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");

    @Test
    void every_module_has_a_readme_that_says_what_it_owns() {
        for (Pom pom : Pom.modules()) {
            Path readme = Path.of(pom.folder(), "README.md");
            assertThat(Repository.ROOT.resolve(readme)).exists();
            String text = Repository.read(readme);
            assertThat(text).as(readme.toString()).containsIgnoringCase("owns").containsIgnoringCase("start");
            assertThat(text.lines().count())
                    .as("lines of " + readme + ": one page")
                    .isLessThanOrEqualTo(100);
        }
    }

    @Test
    void links_inside_the_repository_lead_somewhere() {
        List<String> dead = new ArrayList<>();
        for (Path page : Repository.files(".md")) {
            String text = FENCED.matcher(Repository.read(page)).replaceAll("");
            Matcher link = LINK.matcher(text);
            while (link.find()) {
                String target = link.group(1);
                if (!target.matches("[a-z]+:.*") && !leadsSomewhere(page, target)) {
                    dead.add(page + " -> " + target);
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    private static boolean leadsSomewhere(Path page, String target) {
        String[] parts = target.split("#", 2);
        Path folder = page.getParent() == null ? Path.of("") : page.getParent();
        Path file = parts[0].isEmpty() ? page : folder.resolve(parts[0]).normalize();
        if (!Files.exists(Repository.ROOT.resolve(file))) {
            return false;
        }
        return parts.length < 2
                || !file.toString().endsWith(".md")
                || anchors(file).contains(parts[1]);
    }

    /** As the usual renderers make them: lower case, blanks to hyphens, punctuation dropped. */
    private static Set<String> anchors(Path page) {
        return HEADING.matcher(FENCED.matcher(Repository.read(page)).replaceAll(""))
                .results()
                .map(m -> m.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
