package dev.sternpost.cli;

import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Verb;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Print the shell's completion of nouns, verbs and options.",
        footer = {"  . <(sternpost completion bash)", "  sternpost completion bash > /etc/bash_completion.d/sternpost"})
final class Completion extends Verb {
    @Spec
    CommandSpec spec;

    @Parameters(
            paramLabel = "SHELL",
            description = "bash; zsh takes the same after: autoload -U bashcompinit && bashcompinit")
    String wanted;

    @Override
    protected ExitCode run() {
        if (!wanted.equals("bash") && !wanted.equals("zsh")) {
            throw new CommandFailure(
                    ExitCode.USAGE, "there is no completion for %s; take bash or zsh".formatted(wanted));
        }
        CommandLine root = spec.root().commandLine();
        shell().out().print(AutoComplete.bash("sternpost", root));
        return ExitCode.DONE;
    }
}
