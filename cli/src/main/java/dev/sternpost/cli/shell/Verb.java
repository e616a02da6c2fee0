package dev.sternpost.cli.shell;

import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A command: its options, and what it does when it is called. */
@Command(
        synopsisHeading = "Usage: ",
        descriptionHeading = "%n",
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        sortOptions = false,
        usageHelpAutoWidth = false,
        usageHelpWidth = 100)
public abstract class Verb implements Callable<Integer> {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            order = 100,
            description = "table (for people), json or yaml (for programs). Default: table.")
    OutputFormat format = OutputFormat.table;

    @Option(
            names = {"-v", "--verbose"},
            order = 101,
            description = "On an unexpected error, show where it came from.")
    boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            order = 102,
            description = "Show this help.")
    boolean help;

    private @Nullable Shell shell;

    /** Gives the command its terminal; called once before it is run. */
    public final void use(Shell terminal) {
        this.shell = terminal;
    }

    @Override
    public final Integer call() throws Exception {
        return run().number();
    }

    /** Does it. */
    protected abstract ExitCode run() throws Exception;

    /** Whether what comes behind the first argument is not for us, options neither. */
    public boolean passesOptionsOn() {
        return false;
    }

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
