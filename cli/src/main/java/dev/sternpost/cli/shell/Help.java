package dev.sternpost.cli.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Help texts, made from what commands declare. */
public final class Help {
    private static final int WIDTH = 100;
    private static final int LEFT_MAX = 30;

    private Help() {}

    /** Help of one command. */
    public static void print(PrintStream out, String command, Syntax syntax) {
        out.println(usage(command, syntax));
        out.println();
        wrap(syntax.description(), WIDTH).forEach(out::println);
        Map<String, String> arguments = new LinkedHashMap<>();
        syntax.arguments().forEach(argument -> arguments.put(argument.label(), argument.description()));
        section(out, "Arguments", arguments);
        Map<String, String> options = new LinkedHashMap<>();
        for (Syntax.Option option : syntax.options()) {
            String names = String.join(", ", option.names());
            // Long names below each other, whether there is a short one or not.
            String left = (option.names().size() == 1 && names.startsWith("--") ? "    " : "") + names;
            options.put(option.label() == null ? left : left + " " + option.label(), option.description());
        }
        section(out, "Options", options);
        if (!syntax.examples().isEmpty()) {
            out.println();
            out.println("Examples:");
            syntax.examples().forEach(example -> out.println("  " + example));
        }
    }

    /** The first sentence of a command's description. */
    public static String summary(Syntax syntax) {
        String text = syntax.description();
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }

    /** A titled list, nothing when it is empty. */
    public static void section(PrintStream out, String title, Map<String, String> entries) {
        if (entries.isEmpty()) {
            return;
        }
        out.println();
        out.println(title + ":");
        int left = Math.min(
                LEFT_MAX,
                entries.keySet().stream().mapToInt(String::length).max().orElse(0));
        String margin = " ".repeat(left + 4);
        entries.forEach((name, text) -> {
            List<String> lines = wrap(text, WIDTH - margin.length());
            if (name.length() > left) {
                out.println("  " + name);
                lines.forEach(line -> out.println(margin + line));
            } else {
                out.println("  " + name + " ".repeat(left - name.length() + 2) + lines.getFirst());
                lines.stream().skip(1).forEach(line -> out.println(margin + line));
            }
        });
    }

    private static String usage(String command, Syntax syntax) {
        StringBuilder text = new StringBuilder("Usage: ").append(command);
        syntax.options().stream()
                .filter(Syntax.Option::required)
                .forEach(option ->
                        text.append(' ').append(option.longName()).append(' ').append(option.label()));
        text.append(" [OPTIONS]");
        for (Syntax.Argument argument : syntax.arguments()) {
            String label = argument.label() + (argument.most() > 1 ? "..." : "");
            text.append(' ').append(argument.least() == 0 ? "[" + label + "]" : label);
        }
        return text.toString();
    }

    /** Lines of at most this width; a word that is longer stands alone. */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
