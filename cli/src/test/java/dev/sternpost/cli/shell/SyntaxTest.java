package dev.sternpost.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyntaxTest {
    private final List<String> seen = new ArrayList<>();

    private Syntax syntax() {
        return new Syntax()
                .flag("-f, --follow", "", () -> seen.add("follow"))
                .flag("-q, --quiet", "", () -> seen.add("quiet"))
                .option("-n, --count", "COUNT", "", text -> seen.add("count=" + Values.whole(text)))
                .argument("VM", "", text -> seen.add("vm=" + text))
                .anyArguments("MORE", "", text -> seen.add("more=" + text));
    }

    private List<String> parse(Syntax syntax, String line) {
        seen.clear();
        syntax.parse(List.of(line.split(" ")));
        return seen;
    }

    @Test
    void options_may_be_written_in_all_the_usual_ways() {
        assertThat(parse(syntax(), "-fq -n5 a")).containsExactly("follow", "quiet", "count=5", "vm=a");
        assertThat(parse(syntax(), "a --count=5 b")).containsExactly("count=5", "vm=a", "more=b");
        assertThat(parse(syntax(), "--count 5 --follow a")).containsExactly("count=5", "follow", "vm=a");
        assertThat(parse(syntax(), "-n 5 a -- -f")).containsExactly("count=5", "vm=a", "more=-f");
        assertThat(parse(syntax(), "-")).containsExactly("vm=-");
    }

    @Test
    void what_comes_behind_the_first_argument_can_be_left_alone() {
        assertThat(parse(syntax().stopAtFirstArgument(), "-f a -n x -f"))
                .containsExactly("follow", "vm=a", "more=-n", "more=x", "more=-f");
        assertThat(parse(syntax().stopAtFirstArgument(), "a -- x -- -f"))
                .containsExactly("vm=a", "more=x", "more=--", "more=-f");
    }

    @Test
    void mistakes_are_named() {
        assertThatThrownBy(() -> parse(syntax(), "a --cuont 5")).hasMessageContaining("did you mean --count");
        assertThatThrownBy(() -> parse(syntax(), "a -n")).hasMessage("-n needs a value: -n COUNT");
        assertThatThrownBy(() -> parse(syntax(), "a -n five")).hasMessage("-n: \"five\" is no number");
        assertThatThrownBy(() -> parse(syntax(), "-f")).hasMessage("VM is missing");
        assertThatThrownBy(() -> parse(syntax(), "a --follow=yes")).hasMessageContaining("takes no value");
    }

    @Test
    void a_required_option_is_asked_for_but_not_of_those_who_want_help() {
        Syntax syntax =
                new Syntax().required("--in", "OBJECT", "", text -> {}).flag("-h, --help", "", () -> seen.add("help"));

        assertThatThrownBy(() -> syntax.parse(List.of())).hasMessage("--in OBJECT is missing");
        assertThat(parse(syntax, "-h")).containsExactly("help");
    }
}
