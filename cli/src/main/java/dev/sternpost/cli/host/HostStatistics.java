package dev.sternpost.cli.host;

import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.statistics.StatisticsVerb;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import java.util.List;

/** What hosts use. */
final class HostStatistics extends StatisticsVerb {
    HostStatistics() {
        super(
                ObjectKind.OBJECT_KIND_HOST,
                List.of(
                        "cpu.usage.average",
                        "cpu.usagemhz.average",
                        "cpu.totalcapacity.average",
                        "cpu.steal.average",
                        "cpu.pressure.average",
                        "mem.consumed.average",
                        "mem.usage.average",
                        "disk.read.average",
                        "disk.write.average",
                        "net.received.average",
                        "net.transmitted.average"));
    }

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Show what hosts use: all of them now, or one in the last minutes.")
                .example("sternpost host stats")
                .example("sternpost host stats host-1 --last 30m")
                .example("sternpost host stats --counters");
        declare(syntax, "HOST");
    }
}
