package dev.sternpost.cli;

import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.CompletionScript;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Verb;

/** sternpost completion bash | zsh */
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
                .example("source <(sternpost completion zsh)")
                .example("sternpost completion zsh > ~/.zfunc/_sternpost")
                .argument("SHELL", "bash or zsh.", text -> wanted = text);
    }

    @Override
    protected ExitCode run() {
        switch (wanted) {
            case "bash" -> CompletionScript.printBash(shell().out(), tree.nouns(), tree.alone());
            case "zsh" -> CompletionScript.printZsh(shell().out(), tree.nouns(), tree.alone());
            default ->
                throw new CommandFailure(
                        ExitCode.USAGE, "there is no completion for %s; take bash or zsh".formatted(wanted));
        }
        return ExitCode.DONE;
    }
}
