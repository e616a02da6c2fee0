package dev.sternpost.cli.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** One object, a line per property. */
public final class Properties {
    private record Line(String name, String value) {}

    private final List<Line> lines = new ArrayList<>();

    /** A property. */
    public Properties with(String name, String value) {
        lines.add(new Line(name, Table.cell(value)));
        return this;
    }

    /** A property that is left out when it is empty. */
    public Properties withAny(String name, String value) {
        return value.isEmpty() ? this : with(name, value);
    }

    /** Prints them with the values below each other. */
    public void print(PrintStream out) {
        int width = lines.stream().mapToInt(line -> line.name().length()).max().orElse(0);
        String last = "";
        for (Line line : lines) {
            String name = line.name().equals(last) ? "" : line.name() + ":";
            out.println(name + " ".repeat(width + 3 - name.length()) + line.value());
            last = line.name();
        }
    }
}
