package dev.sternpost.sdk;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads a paged list to its end. */
public final class Pages {
    /** Pages of one list; a server that has more is going in circles. */
    private static final int PAGES_MAX = 10_000;

    private Pages() {}

    /**
     * All items of a list.
     *
     * @param read makes the call for a page token; empty for the first page
     * @param items the items of a page
     * @param next the token of the page after it; empty at the end
     */
    public static <P, T> List<T> all(Function<String, P> read, Function<P, List<T>> items, Function<P, String> next) {
        List<T> all = new ArrayList<>();
        String token = "";
        for (int page = 0; page < PAGES_MAX; page++) {
            P answer = read.apply(token);
            all.addAll(items.apply(answer));
            token = next.apply(answer);
            if (token.isEmpty()) {
                return all;
            }
        }
        throw new IllegalStateException("the list has no end");
    }
}
