package dev.sternpost.cli.shell;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a command takes, and how it is read. Declared by code, since annotations would have to be read at each start,
 * which alone took longer than all else the command line does before its first call.
 */
public final class Syntax {
    /** Any number of arguments. */
    private static final int MANY = Integer.MAX_VALUE;

    /**
     * @param names such as "-n", "--bytes"
     * @param label what stands for its value in the help; null for a flag
     */
    record Option(
            List<String> names, @Nullable String label, String description, boolean required, Consumer<String> setter) {
        String longName() {
            return names.getLast();
        }
    }

    /** Something without a dash. */
    record Argument(String label, String description, int least, int most, Consumer<String> setter) {}

    private String description = "";
    private final List<String> examples = new ArrayList<>();
    private final List<Option> options = new ArrayList<>();
    private final List<Argument> arguments = new ArrayList<>();
    private boolean stopsAtArgument;

    /** What the command does, in a sentence or three. */
    public Syntax describe(String text) {
        description = text;
        return this;
    }

    /** A command line to show in the help. */
    public Syntax example(String line) {
        examples.add(line);
        return this;
    }

    /** An option without a value. */
    public Syntax flag(String names, String text, Runnable setter) {
        options.add(new Option(List.of(names.split(", ")), null, text, false, value -> setter.run()));
        return this;
    }

    /** An option with a value; given again, its setter is called again. */
    public Syntax option(String names, String label, String text, Consumer<String> setter) {
        options.add(new Option(List.of(names.split(", ")), label, text, false, setter));
        return this;
    }

    /** An option that must be given. */
    public Syntax required(String names, String label, String text, Consumer<String> setter) {
        options.add(new Option(List.of(names.split(", ")), label, text, true, setter));
        return this;
    }

    /** One argument. */
    public Syntax argument(String label, String text, Consumer<String> setter) {
        return argument(label, text, 1, 1, setter);
    }

    /** One argument or none. */
    public Syntax optionalArgument(String label, String text, Consumer<String> setter) {
        return argument(label, text, 0, 1, setter);
    }

    /** One argument or more. */
    public Syntax arguments(String label, String text, Consumer<String> setter) {
        return argument(label, text, 1, MANY, setter);
    }

    /** Any number of arguments. */
    public Syntax anyArguments(String label, String text, Consumer<String> setter) {
        return argument(label, text, 0, MANY, setter);
    }

    private Syntax argument(String label, String text, int least, int most, Consumer<String> setter) {
        arguments.add(new Argument(label, text, least, most, setter));
        return this;
    }

    /** What comes behind the first argument is not for us, options neither. */
    public Syntax stopAtFirstArgument() {
        stopsAtArgument = true;
        return this;
    }

    /** Reads a command line. */
    public void parse(List<String> words) {
        Deque<String> left = new ArrayDeque<>(words);
        List<String> plain = new ArrayList<>();
        List<Option> given = new ArrayList<>();
        while (!left.isEmpty()) {
            String word = left.removeFirst();
            if (word.equals("--")) {
                plain.addAll(left);
                left.clear();
            } else if (word.length() < 2 || word.charAt(0) != '-') {
                plain.add(word);
                if (stopsAtArgument) {
                    if ("--".equals(left.peekFirst())) {
                        left.removeFirst(); // The habit of other tools: NAME -- PROGRAM ...
                    }
                    plain.addAll(left);
                    left.clear();
                }
            } else {
                given.add(readOption(word, left));
            }
        }
        // Help is asked for by those who do not know yet what must be given.
        if (given.stream().anyMatch(option -> option.longName().equals("--help"))) {
            return;
        }
        assign(plain);
        for (Option option : options) {
            if (option.required() && !given.contains(option)) {
                throw new UsageFailure("%s %s is missing".formatted(option.longName(), option.label()));
            }
        }
    }

    private Option readOption(String word, Deque<String> left) {
        if (!word.startsWith("--") && word.length() > 2) {
            return readShort(word, left);
        }
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        String name = equals < 0 ? word : word.substring(0, equals);
        Option option = find(name).orElseThrow(() -> unknown(name));
        if (option.label() == null) {
            if (equals >= 0) {
                throw new UsageFailure("%s takes no value".formatted(name));
            }
            set(option, name, "");
        } else if (equals >= 0) {
            set(option, name, word.substring(equals + 1));
        } else {
            set(option, name, next(option, name, left));
        }
        return option;
    }

    /** "-n5" or "-vf". */
    private Option readShort(String word, Deque<String> left) {
        String name = word.substring(0, 2);
        Option option = find(name).orElseThrow(() -> unknown(name));
        String rest = word.substring(2);
        if (option.label() != null) {
            set(option, name, rest.startsWith("=") ? rest.substring(1) : rest);
            return option;
        }
        set(option, name, "");
        return readOption("-" + rest, left);
    }

    private static String next(Option option, String name, Deque<String> left) {
        if (left.isEmpty()) {
            throw new UsageFailure("%s needs a value: %s %s".formatted(name, name, option.label()));
        }
        return left.removeFirst();
    }

    private static void set(Option option, String name, String value) {
        try {
            option.setter().accept(value);
        } catch (IllegalArgumentException e) {
            throw new UsageFailure("%s: %s".formatted(name, e.getMessage()));
        }
    }

    private Optional<Option> find(String name) {
        return options.stream().filter(option -> option.names().contains(name)).findFirst();
    }

    private UsageFailure unknown(String name) {
        List<String> known =
                options.stream().flatMap(option -> option.names().stream()).toList();
        String hint = Similar.to(name, known)
                .map(near -> "; did you mean %s?".formatted(near))
                .orElse("");
        return new UsageFailure("there is no option %s%s".formatted(name, hint));
    }

    private void assign(List<String> plain) {
        int next = 0;
        for (Argument argument : arguments) {
            int taken = 0;
            while (next < plain.size() && taken < argument.most()) {
                try {
                    argument.setter().accept(plain.get(next));
                } catch (IllegalArgumentException e) {
                    throw new UsageFailure("%s: %s".formatted(argument.label(), e.getMessage()));
                }
                next++;
                taken++;
            }
            if (taken < argument.least()) {
                throw new UsageFailure("%s is missing".formatted(argument.label()));
            }
        }
        if (next < plain.size()) {
            throw new UsageFailure("unexpected argument \"%s\"".formatted(plain.get(next)));
        }
    }

    String description() {
        return description;
    }

    List<String> examples() {
        return examples;
    }

    List<Option> options() {
        return options;
    }

    List<Argument> arguments() {
        return arguments;
    }

    boolean takesOptionsFirst() {
        return stopsAtArgument;
    }
}
