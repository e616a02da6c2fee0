package dev.sternpost.fleet.main;

import java.util.Locale;
import java.util.stream.Collectors;

/** A fleet's figures as one line of JSON. */
final class StatusText {
    private StatusText() {}

    static String json(Fleet.Totals totals) {
        String faults = totals.faulty().entrySet().stream()
                .map(entry -> "\"%s\":%d".formatted(entry.getKey().word(), entry.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
        Runtime runtime = Runtime.getRuntime();
        return ("{\"stage\":\"%s\",\"hosts\":%d,\"enrolled\":%d,\"connected\":%d,\"vms\":%d,\"running\":%d,\"wanted\":%d,"
                        + "\"notMade\":%d,\"faults\":%s,\"heapMib\":%d}")
                .formatted(
                        totals.stage().name().toLowerCase(Locale.ROOT),
                        totals.hosts(),
                        totals.enrolled(),
                        totals.connected(),
                        totals.vms(),
                        totals.running(),
                        totals.wanted(),
                        totals.notMade(),
                        faults,
                        (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    }
}
