package dev.sternpost.cli;

import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.GuestExit;
import dev.sternpost.cli.shell.Shell;
import dev.sternpost.cli.shell.Verb;
import dev.sternpost.sdk.SternpostException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line: {@code sternpost NOUN VERB}. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(Shell.ofProcess(), arguments));
    }

    /** Runs one command and returns its exit code. */
    public static int run(Shell shell, String... arguments) {
        CommandLine root = CommandTree.build(shell, arguments);
        root.setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, given) -> complain(shell, e))
                .setExecutionExceptionHandler((e, command, result) -> explain(shell, e, result));
        int status = root.execute(arguments);
        shell.out().flush();
        shell.err().flush();
        return status;
    }

    private static int complain(Shell shell, ParameterException e) {
        shell.err()
                .println("error: "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong arguments"));
        shell.err()
                .println("see: %s --help"
                        .formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
        return ExitCode.USAGE.number();
    }

    /** One line says what happened and what to do; where it came from is shown only to those who ask. */
    private static int explain(Shell shell, Exception thrown, ParseResult result) {
        ParseResult leaf = result;
        while (leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        boolean verbose = leaf.commandSpec().userObject() instanceof Verb verb && verb.isVerbose();
        int status = switch (thrown) {
            case GuestExit exit -> exit.status();
            case CommandFailure failure -> {
                shell.err().println("error: " + failure.getMessage());
                yield failure.exitCode().number();
            }
            case SternpostException fault -> {
                shell.err().println("error: " + describe(fault));
                yield ExitCode.of(fault).number();
            }
            default -> {
                shell.err().println("error: unexpected: %s; run it again with -v for more".formatted(thrown));
                yield ExitCode.UNEXPECTED.number();
            }
        };
        if (verbose) {
            thrown.printStackTrace(shell.err());
        }
        return status;
    }

    private static String describe(SternpostException fault) {
        String code = fault.number() == 0 ? fault.code() : fault.code() + ", " + fault.number();
        return "%s (%s)".formatted(fault.message(), code);
    }
}
