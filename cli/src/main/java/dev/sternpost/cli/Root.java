package dev.sternpost.cli;

import dev.sternpost.cli.shell.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "sternpost",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        version = "sternpost 0.1.0",
        synopsisHeading = "Usage: ",
        customSynopsis = "sternpost NOUN VERB [OPTIONS] [ARGUMENTS]",
        description = "%nThe command line of Sternpost, an open datacenter control plane for KVM.",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nNouns and commands (sternpost NOUN --help tells the verbs):%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sternpost vm ls",
            "  sternpost vm create web-1 --template linux-guest --on",
            "  sternpost vm migrate web-1 --to host-2",
            "  sternpost task ls --active",
            "",
            "Objects are named by path (/DC0/vm/web-1), id (vm-1017), UUID, or name where it is unique.",
            "Exit codes: 0 done, 1 unexpected or out of reach, 2 usage, 3 not found, 4 denied, 5 conflict,",
            "  6 task failed, 7 timeout."
        })
final class Root implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine self = spec.commandLine();
        self.usage(self.getErr());
        return ExitCode.USAGE.number();
    }
}
