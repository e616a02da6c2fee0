package dev.sternpost.cli.vm;

import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.statistics.StatisticsVerb;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import java.util.List;

/** What virtual machines use. */
final class VmStatistics extends StatisticsVerb {
    VmStatistics() {
        super(
                ObjectKind.OBJECT_KIND_VIRTUAL_MACHINE,
                List.of(
                        "cpu.usage.average",
                        "cpu.usagemhz.average",
                        "cpu.demand.average",
                        "cpu.entitlement.latest",
                        "cpu.readiness.average",
                        "mem.consumed.average",
                        "mem.active.average",
                        "disk.read.average",
                        "disk.write.average",
                        "net.received.average",
                        "net.transmitted.average"));
    }

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Show what virtual machines use: all that run now, or one in the last minutes.")
                .example("sternpost vm stats")
                .example("sternpost vm stats web-1 --last 30m")
                .example("sternpost vm stats web-1 --counter cpu.ready.summation -o json");
        declare(syntax, "VM");
    }
}
