package dev.sternpost.cli.shell;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Moments and durations as people write and read them. */
public final class Times {
    private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h|)");

    private Times() {}

    /** In the zone of whoever reads it: "2026-01-01T01:00:03+01:00", in UTC "2026-01-01T00:00:03Z"; "-" when not set. */
    public static String format(Timestamp time) {
        return format(time, ZoneId.systemDefault());
    }

    static String format(Timestamp time, ZoneId zone) {
        if (time.getSeconds() == 0) {
            return "-";
        }
        OffsetDateTime local = instant(time).atZone(zone).toOffsetDateTime();
        // By hand: a formatter of the JDK takes longer to set up than most commands.
        return "%04d-%02d-%02dT%02d:%02d:%02d%s"
                .formatted(
                        local.getYear(),
                        local.getMonthValue(),
                        local.getDayOfMonth(),
                        local.getHour(),
                        local.getMinute(),
                        local.getSecond(),
                        local.getOffset());
    }

    /** "1.4 s", "250 ms", "2 min 5 s". */
    public static String format(Duration time) {
        long millis = time.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        return "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart());
    }

    /** The time between two moments; nothing when either is not set. */
    public static String between(Timestamp from, Timestamp to) {
        if (from.getSeconds() == 0 || to.getSeconds() == 0) {
            return "";
        }
        return format(Duration.between(instant(from), instant(to)));
    }

    /**
     * "30s", "5m", "2h", "250ms"; a bare number is seconds.
     *
     * @throws IllegalArgumentException when it is no duration
     */
    public static Duration parse(String text) {
        Matcher matcher = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"%s\" is no duration; write it like 30s, 5m or 2h".formatted(text));
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
    }

    /** The moment so long before now. */
    public static Timestamp before(Duration ago) {
        Instant time = Instant.now().minus(ago);
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
