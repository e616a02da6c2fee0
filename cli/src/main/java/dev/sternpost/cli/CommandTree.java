package dev.sternpost.cli;

import dev.sternpost.cli.cluster.ClusterCommands;
import dev.sternpost.cli.cluster.DatacenterCommands;
import dev.sternpost.cli.datastore.DatastoreCommands;
import dev.sternpost.cli.demo.Demo;
import dev.sternpost.cli.event.EventCommands;
import dev.sternpost.cli.folder.FolderCommands;
import dev.sternpost.cli.host.HostCommands;
import dev.sternpost.cli.network.NetworkCommands;
import dev.sternpost.cli.session.SessionCommands;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Shell;
import dev.sternpost.cli.shell.Verb;
import dev.sternpost.cli.task.TaskCommands;
import dev.sternpost.cli.vm.VmCommands;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * All commands. Only what a command line can mean is built, since reading the annotations of every command would take
 * most of the start-up time: a noun and verb that are both known, else that noun, else everything.
 */
final class CommandTree {
    private static final Map<String, Supplier<Noun>> NOUNS = new LinkedHashMap<>();
    private static final Map<String, Supplier<Verb>> ALONE = new LinkedHashMap<>();

    static {
        NOUNS.put("vm", VmCommands::noun);
        NOUNS.put("host", HostCommands::noun);
        NOUNS.put("cluster", ClusterCommands::noun);
        NOUNS.put("datacenter", DatacenterCommands::noun);
        NOUNS.put("datastore", DatastoreCommands::noun);
        NOUNS.put("network", NetworkCommands::noun);
        NOUNS.put("folder", FolderCommands::noun);
        NOUNS.put("task", TaskCommands::noun);
        NOUNS.put("event", EventCommands::noun);
        NOUNS.put("session", SessionCommands::noun);
        ALONE.put("login", SessionCommands.Login::new);
        ALONE.put("demo", Demo::new);
        ALONE.put("completion", Completion::new);
    }

    private CommandTree() {}

    static CommandLine build(Shell shell, String... arguments) {
        CommandLine root = new CommandLine(new Root());
        String first = arguments.length > 0 ? arguments[0] : "";
        String second = arguments.length > 1 ? arguments[1] : "";
        Supplier<Noun> noun = NOUNS.get(first);
        Supplier<Verb> alone = ALONE.get(first);
        if (noun != null) {
            root.addSubcommand(first, command(shell, noun.get(), second));
        } else if (alone != null && !first.equals("completion")) {
            root.addSubcommand(first, command(shell, alone.get()));
        } else {
            NOUNS.forEach((name, maker) -> root.addSubcommand(name, command(shell, maker.get(), "")));
            ALONE.forEach((name, maker) -> root.addSubcommand(name, command(shell, maker.get())));
        }
        return root;
    }

    /** A noun with this verb, or with all when it has no such verb. */
    private static CommandLine command(Shell shell, Noun noun, String onlyVerb) {
        CommandLine command = new CommandLine(new NounCommand());
        command.getCommandSpec().usageMessage().description(noun.description());
        Map<String, Supplier<Verb>> verbs = noun.verbs();
        List<String> wanted = verbs.containsKey(onlyVerb) ? List.of(onlyVerb) : List.copyOf(verbs.keySet());
        for (String name : wanted) {
            Supplier<Verb> maker = verbs.get(name);
            if (maker != null) {
                command.addSubcommand(name, command(shell, maker.get()));
            }
        }
        return command;
    }

    private static CommandLine command(Shell shell, Verb verb) {
        verb.use(shell);
        CommandLine command = new CommandLine(verb);
        // Only a program of the guest's has options of its own behind the arguments.
        command.setStopAtPositional(verb.passesOptionsOn());
        return command;
    }
}
