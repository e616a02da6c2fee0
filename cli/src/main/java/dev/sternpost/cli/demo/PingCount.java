package dev.sternpost.cli.demo;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What ping says of itself at its end.
 *
 * @param sent echo requests
 * @param received replies
 * @param lost requests without a reply, the one that was still under way at the end not counted
 */
record PingCount(int sent, int received, int lost) {
    private static final Pattern STATISTIC =
            Pattern.compile("(\\d+) packets transmitted, (\\d+) (?:packets )?received");

    /** Reads the statistic of busybox's or iputils' ping; empty when there is none in the text. */
    static Optional<PingCount> parse(String text) {
        Matcher matcher = STATISTIC.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        int sent = Integer.parseInt(matcher.group(1));
        int received = Integer.parseInt(matcher.group(2));
        // A ping that was ended from outside has most likely just sent one more.
        boolean lastUnderWay = sent > received && !text.contains("seq=" + (sent - 1) + " ");
        return Optional.of(new PingCount(sent, received, sent - received - (lastUnderWay ? 1 : 0)));
    }
}
