package dev.sternpost.cli.shell;

import com.google.protobuf.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command: its options, and what it does when it is called. */
public abstract class Verb {
    private OutputFormat format = OutputFormat.table;
    private boolean verbose;
    private boolean help;
    private @Nullable Shell shell;

    /** Gives the command its terminal; called once before it is run. */
    public final void use(Shell terminal) {
        this.shell = terminal;
    }

    /** What it takes, as it stands in the help. */
    public final Syntax syntax() {
        Syntax syntax = new Syntax();
        declare(syntax);
        declareShared(syntax);
        return syntax;
    }

    /** Declares what this command has of its own. */
    protected abstract void declare(Syntax syntax);

    /** Declares what a family of commands has in common; those who add to it call it last. */
    protected void declareShared(Syntax syntax) {
        syntax.option(
                        "-o, --output",
                        "FORMAT",
                        "table (for people), json or yaml (for programs). Default: table.",
                        text -> format = Values.choice(OutputFormat.class, text))
                .flag("-v, --verbose", "On an unexpected error, show where it came from.", () -> verbose = true)
                .flag("-h, --help", "Show this help.", () -> help = true);
    }

    /** Reads the command line and does what it says; the result is the process's exit status. */
    public final int execute(String command, List<String> words) throws Exception {
        Syntax syntax = syntax();
        syntax.parse(words);
        if (help) {
            Help.print(shell().out(), command, syntax);
            return ExitCode.DONE.number();
        }
        return run().number();
    }

    /** Does it. */
    protected abstract ExitCode run() throws Exception;

    /** Where to read and write. */
    protected final Shell shell() {
        if (shell == null) {
            throw new IllegalStateException("the command has no terminal");
        }
        return shell;
    }

    /** Whether the result is for people. */
    protected final boolean forPeople() {
        return format == OutputFormat.table;
    }

    /** Whether errors are shown with all they have. */
    public final boolean isVerbose() {
        return verbose;
    }

    /** Prints a list. */
    protected final <T extends Message> void print(Table<T> table, List<T> rows) {
        if (forPeople()) {
            table.print(shell().out(), "", rows);
        } else {
            Documents.print(shell().out(), format, rows);
        }
    }

    /** Prints one object. */
    protected final void print(Properties properties, Message message) {
        if (forPeople()) {
            properties.print(shell().out());
        } else {
            Documents.print(shell().out(), format, message);
        }
    }

    /** Prints an object that people need not see in full. */
    protected final void print(String sentence, Message message) {
        if (forPeople()) {
            shell().out().println(sentence);
        } else {
            Documents.print(shell().out(), format, message);
        }
    }

    /** Prints a JSON text in the form asked for. */
    protected final void printJson(String json) {
        Documents.printText(shell().out(), format, json);
    }
}
