package dev.sternpost.cli.drs;

import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.drs.v1.ClusterBalance;
import dev.sternpost.proto.drs.v1.HostUse;
import dev.sternpost.proto.drs.v1.Recommendation;
import dev.sternpost.proto.drs.v1.RecommendedMove;
import dev.sternpost.proto.drs.v1.VmScore;
import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.Collectors;

/** What load balancing says, as people read it. */
public final class DrsWords {
    private DrsWords() {}

    /** Such as "97.4". */
    public static String score(double score) {
        return String.format(Locale.ROOT, "%.1f", score);
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.0f %%", part * 100);
    }

    static Table<Recommendation> recommendations() {
        return new Table<Recommendation>()
                .column("ID", Recommendation::getId)
                .number("PRIORITY", each -> String.valueOf(each.getPriority()))
                .column("MOVE", DrsWords::moves)
                .column("CAUSE", each -> Words.of(each.getCause()))
                .column("REASON", Recommendation::getReason)
                .number("SCORE", each -> score(each.getScoreBefore()) + " to " + score(each.getScoreAfter()))
                .column("STATE", DrsWords::state);
    }

    /** Such as "web-1: host-1 to host-2". */
    public static String moves(Recommendation recommendation) {
        return recommendation.getMovesList().stream()
                .map(move -> "%s: %s to %s".formatted(move.getVmName(), move.getFromHostName(), move.getToHostName()))
                .collect(Collectors.joining(", "));
    }

    private static String state(Recommendation recommendation) {
        String tasks = recommendation.getMovesList().stream()
                .map(RecommendedMove::getTaskId)
                .filter(id -> !id.isEmpty())
                .collect(Collectors.joining(", "));
        String word = Words.of(recommendation.getState());
        return recommendation.getFailure().isEmpty()
                ? tasks.isEmpty() ? word : word + ": " + tasks
                : word + ": " + recommendation.getFailure();
    }

    /** A table of the hosts, and a line about the cluster. */
    public static void balance(PrintStream out, String indent, ClusterBalance balance) {
        new Table<HostUse>()
                .column("HOST", HostUse::getHostName)
                .number("VMS", host -> String.valueOf(host.getVmCount()))
                .number("CPU", host -> percent(host.getCpuUse()))
                .number("MEMORY", host -> percent(host.getMemoryUse()))
                .print(out, indent, balance.getHostsList());
        out.printf(
                "%scluster score %s; deviation of hosts: CPU %s, memory %s%n",
                indent,
                score(balance.getScore()),
                percent(balance.getCpuDeviation()),
                percent(balance.getMemoryDeviation()));
    }

    /** How virtual machines are off. */
    public static Table<VmScore> vmScores() {
        return new Table<VmScore>()
                .column("VM", VmScore::getVmName)
                .number("SCORE", vm -> String.valueOf(vm.getScore()))
                .number("CPU DEMANDED", vm -> mhz(vm.getCpuDemandedMhz()))
                .number("ENTITLED", vm -> mhz(vm.getCpuEntitledMhz()))
                .number("DELIVERED", vm -> mhz(vm.getCpuDeliveredMhz()));
    }

    static String mhz(double mhz) {
        return Math.round(mhz) + " MHz";
    }
}
