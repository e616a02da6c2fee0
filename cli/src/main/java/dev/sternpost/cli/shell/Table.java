package dev.sternpost.cli.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Rows in aligned columns; or, for one object, one line per property. */
public final class Table<T> {
    private record Column<T>(String title, boolean right, Function<T, String> cell) {}

    private static final String GAP = "  ";

    private final List<Column<T>> columns = new ArrayList<>();

    /** A column of words. */
    public Table<T> column(String title, Function<T, String> cell) {
        columns.add(new Column<>(title, false, cell));
        return this;
    }

    /** A column of numbers, aligned right. */
    public Table<T> number(String title, Function<T, String> cell) {
        columns.add(new Column<>(title, true, cell));
        return this;
    }

    /** The table, each line begun with this. */
    public void print(PrintStream out, String indent, List<T> rows) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(Column::title).toList());
        for (T row : rows) {
            lines.add(columns.stream()
                    .map(column -> cell(column.cell().apply(row)))
                    .toList());
        }
        int[] widths = new int[columns.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            out.println((indent + row(line, widths)).stripTrailing());
        }
    }

    private String row(List<String> line, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - line.get(i).length());
            text.append(i == 0 ? "" : GAP)
                    .append(columns.get(i).right() ? padding + line.get(i) : line.get(i) + padding);
        }
        return text.toString();
    }

    /** What a server sends is printed on a terminal: no control characters, so that no name can play tricks. */
    public static String cell(String text) {
        String clean = isPlain(text) ? text : PlainText.line(text);
        return clean.isEmpty() ? "-" : clean;
    }

    private static boolean isPlain(String text) {
        return text.chars().noneMatch(Character::isISOControl);
    }
}
