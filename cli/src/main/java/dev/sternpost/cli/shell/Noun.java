package dev.sternpost.cli.shell;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** A group of verbs. Verbs are made only when they are called or helped with, since making each costs start-up time. */
public final class Noun {
    private final String name;
    private final String description;
    private final Map<String, Supplier<Verb>> verbs = new LinkedHashMap<>();

    public Noun(String name, String description) {
        this.name = name;
        this.description = description;
    }

    /** With this verb too. */
    public Noun with(String verb, Supplier<Verb> maker) {
        verbs.put(verb, maker);
        return this;
    }

    /** What is typed. */
    public String name() {
        return name;
    }

    /** One sentence. */
    public String description() {
        return description;
    }

    /** The verbs in the order in which help lists them. */
    public Map<String, Supplier<Verb>> verbs() {
        return verbs;
    }
}
