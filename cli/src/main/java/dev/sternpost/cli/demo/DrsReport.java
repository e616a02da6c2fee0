package dev.sternpost.cli.demo;

import com.google.gson.stream.JsonWriter;
import dev.sternpost.proto.drs.v1.RecommendedMove;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the demonstration of load balancing came to, as one JSON document. */
final class DrsReport {
    private final List<RecommendedMove> moves = new ArrayList<>();
    private final Map<String, String> hosts = new TreeMap<>();
    private @Nullable Double scoreBefore;
    private @Nullable Double scoreAfter;
    private @Nullable String error;
    private Duration took = Duration.ZERO;

    void moved(RecommendedMove move) {
        moves.add(move);
    }

    void before(double score) {
        scoreBefore = score;
    }

    void after(double score) {
        scoreAfter = score;
    }

    /** Where a VM ended up. */
    void at(String vm, String host) {
        hosts.put(vm, host);
    }

    void fail(String message) {
        error = message;
    }

    void took(Duration time) {
        took = time;
    }

    int moveCount() {
        return moves.size();
    }

    /** Whether busy VMs were moved apart, and the cluster is better off for it. */
    boolean ok() {
        return error == null
                && !moves.isEmpty()
                && scoreBefore != null
                && scoreAfter != null
                && scoreAfter > scoreBefore
                && hosts.size() > 1
                && hosts.values().stream().distinct().count() == hosts.size();
    }

    String json() {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.setIndent("  ");
            json.beginObject();
            json.name("ok").value(ok());
            if (error != null) {
                json.name("error").value(error);
            }
            json.name("durationMs").value(took.toMillis());
            json.name("scoreBefore").value(scoreBefore);
            json.name("scoreAfter").value(scoreAfter);
            json.name("moves").beginArray();
            for (RecommendedMove move : moves) {
                json.beginObject();
                json.name("vm").value(move.getVmName());
                json.name("from").value(move.getFromHostName());
                json.name("to").value(move.getToHostName());
                json.name("task").value(move.getTaskId());
                json.endObject();
            }
            json.endArray();
            json.name("hosts").beginObject();
            for (Map.Entry<String, String> host : hosts.entrySet()) {
                json.name(host.getKey()).value(host.getValue());
            }
            json.endObject();
            json.endObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing into memory cannot fail", e);
        }
        return text.toString();
    }
}
