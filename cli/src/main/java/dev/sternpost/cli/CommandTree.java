package dev.sternpost.cli;

import dev.sternpost.cli.cluster.ClusterCommands;
import dev.sternpost.cli.cluster.DatacenterCommands;
import dev.sternpost.cli.datastore.DatastoreCommands;
import dev.sternpost.cli.demo.Demo;
import dev.sternpost.cli.drs.DrsCommands;
import dev.sternpost.cli.event.EventCommands;
import dev.sternpost.cli.folder.FolderCommands;
import dev.sternpost.cli.ha.HaCommands;
import dev.sternpost.cli.host.HostCommands;
import dev.sternpost.cli.network.NetworkCommands;
import dev.sternpost.cli.pool.PoolCommands;
import dev.sternpost.cli.session.SessionCommands;
import dev.sternpost.cli.shell.Help;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Similar;
import dev.sternpost.cli.shell.Verb;
import dev.sternpost.cli.task.TaskCommands;
import dev.sternpost.cli.vm.VmCommands;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** All commands. A noun or verb is made only when it is asked for, which keeps the start quick. */
final class CommandTree {
    static final String PROGRAM = "sternpost";

    private static final List<String> EXAMPLES = List.of(
            "sternpost vm ls",
            "sternpost vm create web-1 --template linux-guest --on",
            "sternpost vm migrate web-1 --to host-2",
            "sternpost task ls --active");

    private final Map<String, Supplier<Noun>> nouns = new LinkedHashMap<>();
    private final Map<String, Supplier<Verb>> alone = new LinkedHashMap<>();

    CommandTree() {
        nouns.put("vm", VmCommands::noun);
        nouns.put("host", HostCommands::noun);
        nouns.put("cluster", ClusterCommands::noun);
        nouns.put("drs", DrsCommands::noun);
        nouns.put("ha", HaCommands::noun);
        nouns.put("pool", PoolCommands::noun);
        nouns.put("datacenter", DatacenterCommands::noun);
        nouns.put("datastore", DatastoreCommands::noun);
        nouns.put("network", NetworkCommands::noun);
        nouns.put("folder", FolderCommands::noun);
        nouns.put("task", TaskCommands::noun);
        nouns.put("event", EventCommands::noun);
        nouns.put("session", SessionCommands::noun);
        alone.put("login", SessionCommands.Login::new);
        alone.put("demo", Demo::new);
        alone.put("completion", () -> new Completion(this));
    }

    Optional<Noun> noun(String name) {
        return Optional.ofNullable(nouns.get(name)).map(Supplier::get);
    }

    Optional<Verb> alone(String name) {
        return Optional.ofNullable(alone.get(name)).map(Supplier::get);
    }

    List<Noun> nouns() {
        return nouns.values().stream().map(Supplier::get).toList();
    }

    Map<String, Supplier<Verb>> alone() {
        return alone;
    }

    /** What was meant by a noun that there is not. */
    Optional<String> similar(String word) {
        return Similar.to(word, nouns.keySet()).or(() -> Similar.to(word, alone.keySet()));
    }

    void help(PrintStream out) {
        out.println("Usage: sternpost NOUN VERB [OPTIONS] [ARGUMENTS]");
        out.println();
        out.println("The command line of Sternpost, an open datacenter control plane for KVM.");
        Map<String, String> entries = new LinkedHashMap<>();
        nouns().forEach(noun -> entries.put(noun.name(), noun.description()));
        Help.section(out, "Nouns (sternpost NOUN --help tells the verbs)", entries);
        Map<String, String> commands = new LinkedHashMap<>();
        alone.forEach(
                (name, maker) -> commands.put(name, Help.summary(maker.get().syntax())));
        Help.section(out, "Commands", commands);
        out.println();
        out.println("Examples:");
        EXAMPLES.forEach(example -> out.println("  " + example));
        out.println();
        out.println("Objects are named by path (/DC0/vm/web-1), id (vm-1017), UUID, or name where it is unique.");
        out.println("Exit codes: 0 done, 1 unexpected or out of reach, 2 usage, 3 not found, 4 denied, 5 conflict,");
        out.println("6 task failed, 7 timeout.");
    }

    void help(PrintStream out, Noun noun) {
        out.printf("Usage: %s %s VERB [OPTIONS] [ARGUMENTS]%n%n%s%n", PROGRAM, noun.name(), noun.description());
        Map<String, String> entries = new LinkedHashMap<>();
        noun.verbs()
                .forEach((name, maker) ->
                        entries.put(name, Help.summary(maker.get().syntax())));
        Help.section(out, "Verbs (sternpost %s VERB --help tells more)".formatted(noun.name()), entries);
    }
}
