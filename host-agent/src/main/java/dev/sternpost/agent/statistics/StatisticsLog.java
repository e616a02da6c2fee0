package dev.sternpost.agent.statistics;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The rounds of the last hour, for a server that is slow or away. Old ones make room for new ones. Safe for use from
 * several threads.
 */
public final class StatisticsLog {

    static final long KEPT_MILLIS = 3_600_000;
    /** One hour of intervals of 5 s; with shorter ones it is less. */
    static final int REPORTS_MAX = 720;
    /** Hosts with very many virtual machines keep less than an hour. */
    static final int SAMPLES_MAX = 50_000;

    private final Deque<StatisticsReport> reports = new ArrayDeque<>();
    private int sampleCount;

    synchronized void add(StatisticsReport report) {
        reports.addLast(report);
        sampleCount += report.vms().size();
        while (reports.size() > 1 && mustGo(reports.getFirst(), report)) {
            sampleCount -= reports.removeFirst().vms().size();
        }
    }

    private boolean mustGo(StatisticsReport oldest, StatisticsReport newest) {
        return reports.size() > REPORTS_MAX
                || sampleCount > SAMPLES_MAX
                || newest.sampleEpochMillis() - oldest.sampleEpochMillis() > KEPT_MILLIS;
    }

    /** Rounds after the one with this name, oldest first, at most so many. */
    public synchronized List<StatisticsReport> after(long sampleEpochMillis, int countMax) {
        return reports.stream()
                .filter(report -> report.sampleEpochMillis() > sampleEpochMillis)
                .limit(countMax)
                .toList();
    }
}
