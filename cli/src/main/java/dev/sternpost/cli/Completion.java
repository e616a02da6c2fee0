package dev.sternpost.cli;

import dev.sternpost.cli.shell.BashCompletion;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Verb;

/** sternpost completion bash */
final class Completion extends Verb {
    private final CommandTree tree;
    private String wanted = "";

    Completion(CommandTree tree) {
        this.tree = tree;
    }

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Print the shell's completion of nouns, verbs and options.")
                .example(". <(sternpost completion bash)")
                .example("sternpost completion bash > /etc/bash_completion.d/sternpost")
                .argument(
                        "SHELL",
                        "bash; zsh takes the same after: autoload -U bashcompinit && bashcompinit",
                        text -> wanted = text);
    }

    @Override
    protected ExitCode run() {
        if (!wanted.equals("bash") && !wanted.equals("zsh")) {
            throw new CommandFailure(
                    ExitCode.USAGE, "there is no completion for %s; take bash or zsh".formatted(wanted));
        }
        BashCompletion.print(shell().out(), tree.nouns(), tree.alone());
        return ExitCode.DONE;
    }
}
