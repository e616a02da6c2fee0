package dev.sternpost.cli.statistics;

import dev.sternpost.cli.shell.Sizes;
import java.util.Locale;
import java.util.Map;

/** Counters as columns of a table. The unit stands in the title, but for sizes, which carry their own. */
final class Figures {
    private static final int BYTES_PER_KILOBYTE = 1024;

    private enum Form {
        PERCENT,
        NUMBER,
        SIZE,
        RATE
    }

    private record Column(String title, Form form) {}

    private static final Map<String, Column> COLUMNS = Map.ofEntries(
            Map.entry("cpu.usage.average", new Column("CPU %", Form.PERCENT)),
            Map.entry("cpu.usagemhz.average", new Column("MHZ", Form.NUMBER)),
            Map.entry("cpu.totalcapacity.average", new Column("OF MHZ", Form.NUMBER)),
            Map.entry("cpu.demand.average", new Column("DEMAND MHZ", Form.NUMBER)),
            Map.entry("cpu.entitlement.latest", new Column("ENTITLED MHZ", Form.NUMBER)),
            Map.entry("cpu.readiness.average", new Column("READY %", Form.PERCENT)),
            Map.entry("cpu.steal.average", new Column("STEAL %", Form.PERCENT)),
            Map.entry("cpu.pressure.average", new Column("CPU PRESSURE %", Form.PERCENT)),
            Map.entry("mem.consumed.average", new Column("MEMORY", Form.SIZE)),
            Map.entry("mem.active.average", new Column("ACTIVE", Form.SIZE)),
            Map.entry("mem.usage.average", new Column("MEMORY %", Form.PERCENT)),
            Map.entry("disk.read.average", new Column("READ", Form.RATE)),
            Map.entry("disk.write.average", new Column("WRITE", Form.RATE)),
            Map.entry("net.received.average", new Column("RECEIVED", Form.RATE)),
            Map.entry("net.transmitted.average", new Column("SENT", Form.RATE)));

    private Figures() {}

    /** Title of a counter's column; its own name when it is not one of the usual ones. */
    static String title(String counter) {
        Column column = COLUMNS.get(counter);
        return column == null ? counter : column.title();
    }

    /** A value for people; nothing for one that is not known. */
    static String format(String counter, double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        Column column = COLUMNS.get(counter);
        return switch (column == null ? Form.PERCENT : column.form()) {
            case PERCENT -> String.format(Locale.ROOT, "%.1f", value);
            case NUMBER -> String.format(Locale.ROOT, "%.0f", value);
            case SIZE -> Sizes.format(Math.round(value * BYTES_PER_KILOBYTE));
            case RATE -> Sizes.format(Math.round(value * BYTES_PER_KILOBYTE)) + "/s";
        };
    }
}
