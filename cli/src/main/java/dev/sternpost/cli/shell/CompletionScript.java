package dev.sternpost.cli.shell;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Completion of nouns, verbs and options, made from what commands declare; and of what the launcher adds to them. */
public final class CompletionScript {
    /** Verbs of ./sternpost itself (deploy/launcher), with their words. The installed command line does not have them. */
    private static final Map<String, String> LAUNCHER = launcher();

    private CompletionScript() {}

    private static Map<String, String> launcher() {
        Map<String, String> verbs = new LinkedHashMap<>();
        verbs.put("up", "");
        verbs.put("down", "--now --wipe --yes");
        verbs.put("status", "");
        verbs.put("test", "--end-to-end");
        verbs.put("bench", "cli memory up B7 B8 B9 B10 B11 --full --json");
        verbs.put("sim", "run show figures --seeds --first-seed --seed --trace-hash");
        verbs.put("drill", "ha migration --count --seed --json");
        verbs.put(
                "fleet",
                "start status stop fault --hosts --vms-per-host --seed --hosts-per-cluster --datastores-per-cluster"
                        + " --latency-factor --wipe");
        verbs.put("logs", "all server host-1 host-2 host-3");
        verbs.put("build", "");
        verbs.put("help", "");
        return verbs;
    }

    /** Prints the script for bash to source. */
    public static void printBash(PrintStream out, List<Noun> nouns, Map<String, Supplier<Verb>> alone) {
        out.println("# Completion of sternpost for bash; made by: sternpost completion bash");
        out.println("_sternpost() {");
        out.println("  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}");
        out.println("  local at=$COMP_CWORD first=${COMP_WORDS[0]} second=${COMP_WORDS[1]} third=${COMP_WORDS[2]}");
        out.println("  local candidates= launcher= files=");
        printCases(out, nouns, alone);
        out.println("  if [ -n \"$files\" ]; then COMPREPLY=($(compgen -f -- \"$word\")); return; fi");
        out.println("  COMPREPLY=($(compgen -W \"$candidates\" -- \"$word\"))");
        out.println("}");
        out.println("complete -o default -F _sternpost sternpost ./sternpost");
    }

    /** Prints the script for zsh: to be sourced, or to lie in fpath as _sternpost. */
    public static void printZsh(PrintStream out, List<Noun> nouns, Map<String, Supplier<Verb>> alone) {
        out.println("#compdef sternpost");
        out.println("# Completion of sternpost for zsh; made by: sternpost completion zsh");
        out.println("_sternpost() {");
        out.println("  local before=${words[CURRENT-1]}");
        out.println("  local at=$((CURRENT - 1)) first=${words[1]} second=${words[2]} third=${words[3]}");
        out.println("  local candidates= launcher= files=");
        printCases(out, nouns, alone);
        out.println("  if [[ -n $files || -z $candidates ]]; then _files; return; fi");
        out.println("  compadd -- ${=candidates}");
        out.println("}");
        out.println("if [[ ${funcstack[1]-} = _sternpost ]]; then");
        out.println("  _sternpost \"$@\"");
        out.println("else");
        out.println("  (( $+functions[compdef] )) || { autoload -U compinit && compinit }");
        out.println("  compdef _sternpost sternpost ./sternpost");
        out.println("fi");
    }

    /** What both shells understand. */
    private static void printCases(PrintStream out, List<Noun> nouns, Map<String, Supplier<Verb>> alone) {
        out.printf("  case $first in */*) launcher=\"%s\" ;; esac%n", String.join(" ", LAUNCHER.keySet()));
        out.println("  case $before in");
        out.println("    -o | --output) candidates=\"table json yaml\" ;;");
        out.println("    --firmware) candidates=\"bios uefi\" ;;");
        out.println("    --ca | --password-file) files=yes ;;");
        out.println("  esac");
        out.println("  if [ -z \"$candidates$files\" ]; then");
        out.println("    case \"$at $second $third\" in");
        out.printf(
                "      \"1 \"*) candidates=\"%s %s $launcher\" ;;%n",
                nouns.stream().map(Noun::name).collect(Collectors.joining(" ")), String.join(" ", alone.keySet()));
        for (Noun noun : nouns) {
            out.printf(
                    "      \"2 %s \"*) candidates=\"%s\" ;;%n",
                    noun.name(), String.join(" ", noun.verbs().keySet()));
            noun.verbs()
                    .forEach((name, maker) -> out.printf(
                            "      *\" %s %s\") candidates=\"%s\" ;;%n", noun.name(), name, options(maker.get())));
        }
        alone.forEach(
                (name, maker) -> out.printf("      *\" %s \"*) candidates=\"%s\" ;;%n", name, words(name, maker)));
        LAUNCHER.forEach((name, words) -> out.printf("      *\" %s \"*) candidates=\"%s\" ;;%n", name, words));
        out.println("    esac");
        out.println("  fi");
    }

    private static String words(String name, Supplier<Verb> maker) {
        return name.equals("completion") ? "bash zsh" : options(maker.get());
    }

    private static String options(Verb verb) {
        return verb.syntax().options().stream()
                .flatMap(option -> option.names().stream())
                .filter(name -> name.startsWith("--") || name.equals("-o"))
                .collect(Collectors.joining(" "));
    }
}
