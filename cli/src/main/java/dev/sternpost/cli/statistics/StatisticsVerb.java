package dev.sternpost.cli.statistics;

import com.google.protobuf.Timestamp;
import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import dev.sternpost.proto.statistics.v1.Counter;
import dev.sternpost.proto.statistics.v1.CounterSeries;
import dev.sternpost.proto.statistics.v1.ListCountersRequest;
import dev.sternpost.proto.statistics.v1.ListLatestStatisticsRequest;
import dev.sternpost.proto.statistics.v1.ListLatestStatisticsResponse;
import dev.sternpost.proto.statistics.v1.ObjectStatistics;
import dev.sternpost.proto.statistics.v1.QueryStatisticsRequest;
import dev.sternpost.proto.statistics.v1.QueryStatisticsResponse;
import dev.sternpost.proto.statistics.v1.StatisticsPoint;
import dev.sternpost.sdk.Pages;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What objects of one kind use: all of them now, or one of them over time. */
public abstract class StatisticsVerb extends ServerVerb {
    private static final int PAGE_SIZE = 1_000;
    private static final Duration LAST_DEFAULT = Duration.ofMinutes(5);
    private static final Comparator<Timestamp> BY_TIME =
            Comparator.comparingLong(Timestamp::getSeconds).thenComparingInt(Timestamp::getNanos);

    private final ObjectKind kind;
    private final List<String> usual;
    private final List<String> counters = new ArrayList<>();
    private String object = "";
    private String parent = "";
    private Duration last = LAST_DEFAULT;
    private boolean listsCounters;

    /** @param usual counters that are shown when none are asked for */
    protected StatisticsVerb(ObjectKind kind, List<String> usual) {
        this.kind = kind;
        this.usual = usual;
    }

    /** Declares what is the same for all kinds. */
    protected final void declare(Syntax syntax, String label) {
        syntax.optionalArgument(
                        label, "Name, path or id; without it, all of them as they are now.", text -> object = text)
                .option(
                        "--in",
                        "OBJECT",
                        "Of all, only those below this folder, cluster or host.",
                        text -> parent = text)
                .option("--counter", "NAME", "Show this; may be given several times.", counters::add)
                .option(
                        "--last",
                        "TIME",
                        "Of one, how far to look back, at most 1h. Default: 5m.",
                        text -> last = Times.parse(text))
                .flag("--counters", "List what can be asked for.", () -> listsCounters = true);
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        if (listsCounters) {
            listCounters(session);
        } else if (object.isEmpty()) {
            showLatest(session);
        } else {
            showSeries(session);
        }
        return ExitCode.DONE;
    }

    private List<String> wanted() {
        return counters.isEmpty() ? usual : counters;
    }

    private void listCounters(SternpostSession session) {
        List<Counter> all = session
                .call(() -> session.statistics().listCounters(ListCountersRequest.getDefaultInstance()))
                .getCountersList()
                .stream()
                .filter(counter -> counter.getKindsList().contains(kind))
                .toList();
        print(
                new Table<Counter>()
                        .column("COUNTER", Counter::getName)
                        .column("UNIT", Counter::getUnit)
                        .column("WHAT IT IS", Counter::getDescription),
                all);
    }

    private void showLatest(SternpostSession session) {
        List<ObjectStatistics> objects = Pages.all(
                token -> latestPage(session, token), page -> page.getObjectsList(), page -> page.getNextPageToken());
        Table<ObjectStatistics> table = new Table<ObjectStatistics>().column("NAME", ObjectStatistics::getObjectName);
        for (String counter : wanted()) {
            table.number(Figures.title(counter), one -> Figures.format(counter, latest(one, counter)));
        }
        print(table, objects);
    }

    private ListLatestStatisticsResponse latestPage(SternpostSession session, String token) {
        ListLatestStatisticsRequest request = ListLatestStatisticsRequest.newBuilder()
                .setKind(kind)
                .setParent(parent)
                .addAllCounters(wanted())
                .setPageSize(PAGE_SIZE)
                .setPageToken(token)
                .build();
        return session.call(() -> session.statistics().listLatestStatistics(request));
    }

    private static double latest(ObjectStatistics object, String counter) {
        return object.getValuesList().stream()
                .filter(value -> value.getCounter().equals(counter))
                .findFirst()
                .map(value -> value.getValue())
                .orElse(Double.NaN);
    }

    private void showSeries(SternpostSession session) {
        QueryStatisticsRequest request = QueryStatisticsRequest.newBuilder()
                .setObject(object)
                .setKind(kind)
                .addAllCounters(wanted())
                .setStartTime(Times.before(last))
                .build();
        QueryStatisticsResponse answer = session.call(() -> session.statistics().queryStatistics(request));
        if (forPeople()) {
            rows().print(shell().out(), "", rowsOf(answer));
        } else {
            print("", answer);
        }
    }

    /** All values of one time. */
    private record Row(Timestamp time, Map<String, Double> values) {}

    private Table<Row> rows() {
        Table<Row> table = new Table<Row>().column("TIME", row -> Times.format(row.time()));
        for (String counter : wanted()) {
            table.number(
                    Figures.title(counter),
                    row -> Figures.format(counter, row.values().getOrDefault(counter, Double.NaN)));
        }
        return table;
    }

    private static List<Row> rowsOf(QueryStatisticsResponse answer) {
        Map<Timestamp, Row> rows = new TreeMap<>(BY_TIME);
        for (CounterSeries series : answer.getSeriesList()) {
            for (StatisticsPoint point : series.getPointsList()) {
                rows.computeIfAbsent(point.getTime(), time -> new Row(time, new TreeMap<>()))
                        .values()
                        .put(series.getCounter(), point.getValue());
            }
        }
        return List.copyOf(rows.values());
    }
}
