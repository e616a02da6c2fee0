package dev.sternpost.cli.shell;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Completion of nouns, verbs and options for bash, made from what commands declare. */
public final class BashCompletion {
    private BashCompletion() {}

    /** Prints the script to source. */
    public static void print(PrintStream out, List<Noun> nouns, Map<String, Supplier<Verb>> alone) {
        out.println("# Completion of sternpost for bash; made by: sternpost completion bash");
        out.println("_sternpost() {");
        out.println("  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=");
        out.println("  case $before in");
        out.println("    -o | --output) words=\"table json yaml\" ;;");
        out.println("    --firmware) words=\"bios uefi\" ;;");
        out.println("    --ca | --password-file) COMPREPLY=($(compgen -f -- \"$word\")); return ;;");
        out.println("  esac");
        out.println("  if [ -z \"$words\" ]; then");
        out.println("    case \"$COMP_CWORD ${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in");
        out.printf(
                "      \"1 \"*) words=\"%s %s\" ;;%n",
                nouns.stream().map(Noun::name).collect(Collectors.joining(" ")), String.join(" ", alone.keySet()));
        for (Noun noun : nouns) {
            out.printf(
                    "      \"2 %s \"*) words=\"%s\" ;;%n",
                    noun.name(), String.join(" ", noun.verbs().keySet()));
            noun.verbs()
                    .forEach((name, maker) -> out.printf(
                            "      *\" %s %s\") words=\"%s\" ;;%n", noun.name(), name, options(maker.get())));
        }
        alone.forEach((name, maker) -> out.printf("      *\" %s \"*) words=\"%s\" ;;%n", name, options(maker.get())));
        out.println("    esac");
        out.println("  fi");
        out.println("  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))");
        out.println("}");
        out.println("complete -o default -F _sternpost sternpost ./sternpost");
    }

    private static String options(Verb verb) {
        return verb.syntax().options().stream()
                .flatMap(option -> option.names().stream())
                .filter(name -> name.startsWith("--") || name.equals("-o"))
                .collect(Collectors.joining(" "));
    }
}
