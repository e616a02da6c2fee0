package dev.sternpost.cli;

import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.GuestExit;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Shell;
import dev.sternpost.cli.shell.Similar;
import dev.sternpost.cli.shell.UsageFailure;
import dev.sternpost.cli.shell.Verb;
import dev.sternpost.sdk.SternpostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The command line: {@code sternpost NOUN VERB}. */
public final class Main {
    private static final Set<String> HELP = Set.of("-h", "--help", "help");
    private static final Set<String> VERSION = Set.of("-V", "--version", "version");

    private final Shell shell;
    private final CommandTree tree = new CommandTree();

    private Main(Shell shell) {
        this.shell = shell;
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(Shell.ofProcess(), arguments));
    }

    /** Runs one command and returns its exit code. */
    public static int run(Shell shell, String... arguments) {
        try {
            return new Main(shell).run(List.of(arguments));
        } finally {
            shell.out().flush();
            shell.err().flush();
        }
    }

    private int run(List<String> words) {
        if (words.isEmpty()) {
            tree.help(shell.err());
            return ExitCode.USAGE.number();
        }
        String first = words.getFirst();
        List<String> rest = words.subList(1, words.size());
        if (HELP.contains(first)) {
            tree.help(shell.out());
            return ExitCode.DONE.number();
        }
        if (VERSION.contains(first)) {
            shell.out().println("sternpost 0.1.0");
            return ExitCode.DONE.number();
        }
        Optional<Noun> noun = tree.noun(first);
        if (noun.isPresent()) {
            return run(noun.get(), rest);
        }
        Optional<Verb> alone = tree.alone(first);
        if (alone.isPresent()) {
            return run(alone.get(), CommandTree.PROGRAM + " " + first, rest);
        }
        return complain("there is no noun \"%s\"%s".formatted(first, hint(tree.similar(first))), CommandTree.PROGRAM);
    }

    private int run(Noun noun, List<String> words) {
        String command = CommandTree.PROGRAM + " " + noun.name();
        if (words.isEmpty()) {
            tree.help(shell.err(), noun);
            return ExitCode.USAGE.number();
        }
        String first = words.getFirst();
        if (HELP.contains(first)) {
            tree.help(shell.out(), noun);
            return ExitCode.DONE.number();
        }
        Supplier<Verb> maker = noun.verbs().get(first);
        if (maker == null) {
            String near = hint(Similar.to(first, noun.verbs().keySet()));
            return complain("%s has no verb \"%s\"%s".formatted(noun.name(), first, near), command);
        }
        return run(maker.get(), command + " " + first, words.subList(1, words.size()));
    }

    /** One line says what happened and what to do; where it came from is shown only to those who ask. */
    @SuppressWarnings("CatchAndPrintStackTrace") // to those who ask
    private int run(Verb verb, String command, List<String> words) {
        verb.use(shell);
        try {
            return verb.execute(command, words);
        } catch (UsageFailure e) {
            return complain(String.valueOf(e.getMessage()), command);
        } catch (GuestExit e) {
            return e.status();
        } catch (CommandFailure e) {
            shell.err().println("error: " + e.getMessage());
            return e.exitCode().number();
        } catch (SternpostException e) {
            shell.err().println("error: " + describe(e));
            showOrigin(verb, e);
            return ExitCode.of(e).number();
        } catch (Exception e) {
            // The edge of the program: whatever it is, the user gets a line and not a stack trace.
            shell.err().println("error: unexpected: %s; run it again with -v for more".formatted(e));
            showOrigin(verb, e);
            return ExitCode.UNEXPECTED.number();
        }
    }

    private void showOrigin(Verb verb, Exception e) {
        if (verb.isVerbose()) {
            e.printStackTrace(shell.err());
        }
    }

    private int complain(String message, String command) {
        shell.err().println("error: " + message);
        shell.err().println("see: %s --help".formatted(command));
        return ExitCode.USAGE.number();
    }

    private static String hint(Optional<String> near) {
        return near.map(word -> "; did you mean %s?".formatted(word)).orElse("");
    }

    private static String describe(SternpostException fault) {
        String code = fault.number() == 0 ? fault.code() : fault.code() + ", " + fault.number();
        return "%s (%s)".formatted(fault.message(), code);
    }
}
