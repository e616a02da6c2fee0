package dev.sternpost.cli.demo;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.sdk.SternpostSession;
import picocli.CommandLine.Command;

@Command(name = "demo", description = "Not there yet.")
public final class Demo extends ServerVerb {
    @Override
    protected ExitCode run(SternpostSession session) {
        return ExitCode.DONE;
    }
}
