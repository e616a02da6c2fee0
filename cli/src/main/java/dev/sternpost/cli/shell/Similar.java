package dev.sternpost.cli.shell;

import java.util.Collection;
import java.util.Optional;

/** Finds what was meant by a word with a slip in it. */
public final class Similar {
    private static final int SLIPS_MAX = 2;

    private Similar() {}

    /** The known word with fewest slips, when they are few. */
    public static Optional<String> to(String word, Collection<String> known) {
        String best = "";
        int least = SLIPS_MAX + 1;
        for (String candidate : known) {
            int slips = distance(word, candidate);
            if (slips < least && slips < candidate.length()) {
                least = slips;
                best = candidate;
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }

    /** Levenshtein's edit distance. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int above = row[j];
                int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[other.length()];
    }
}
