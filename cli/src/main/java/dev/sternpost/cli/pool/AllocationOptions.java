package dev.sternpost.cli.pool;

import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.proto.resourcepool.v1.ResourceAllocation;
import dev.sternpost.proto.resourcepool.v1.SharesLevel;
import java.util.Locale;
import java.util.function.Function;

/** The options that say what a virtual machine or resource pool gets of CPU and memory. */
public final class AllocationOptions {
    private static final long NO_LIMIT = -1;

    private final ResourceAllocation.Builder cpu = ResourceAllocation.newBuilder();
    private final ResourceAllocation.Builder memory = ResourceAllocation.newBuilder();

    /** Declares them. */
    public void declare(Syntax syntax) {
        declare(syntax, "cpu", "MHZ", "CPU, in MHz", Values::number, cpu);
        declare(syntax, "memory", "SIZE", "memory, like 512M", Sizes::parse, memory);
    }

    private static void declare(
            Syntax syntax,
            String prefix,
            String label,
            String what,
            Function<String, Long> parse,
            ResourceAllocation.Builder into) {
        syntax.option(
                        "--" + prefix + "-reservation",
                        label,
                        "What it is sure to get of %s.".formatted(what),
                        text -> into.setReservation(parse.apply(text)))
                .option(
                        "--" + prefix + "-limit",
                        label,
                        "What it gets at most of %s; none for no limit.".formatted(what),
                        text -> into.setLimit(text.equals("none") ? NO_LIMIT : parse.apply(text)))
                .option(
                        "--" + prefix + "-shares",
                        "SHARES",
                        "Its weight when there is not enough: low, normal, high or a number.",
                        text -> shares(text, into));
    }

    private static void shares(String text, ResourceAllocation.Builder into) {
        switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "low" -> into.setSharesLevel(SharesLevel.SHARES_LEVEL_LOW);
            case "normal" -> into.setSharesLevel(SharesLevel.SHARES_LEVEL_NORMAL);
            case "high" -> into.setSharesLevel(SharesLevel.SHARES_LEVEL_HIGH);
            default -> into.setSharesLevel(SharesLevel.SHARES_LEVEL_CUSTOM).setShares(Values.number(text));
        }
    }

    /** What was asked for of CPU; what was not is not set. */
    public ResourceAllocation cpu() {
        return cpu.build();
    }

    /** What was asked for of memory; what was not is not set. */
    public ResourceAllocation memory() {
        return memory.build();
    }
}
