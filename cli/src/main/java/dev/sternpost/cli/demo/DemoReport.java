package dev.sternpost.cli.demo;

import com.google.gson.stream.JsonWriter;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.task.MigrationReport;
import dev.sternpost.proto.task.v1.MigrationProgress;
import dev.sternpost.proto.task.v1.PrecopyRound;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the demonstration came to, as a table and as one JSON document. */
final class DemoReport {
    private final List<VirtualMachine> vms = new ArrayList<>();
    private final List<Trip> trips = new ArrayList<>();
    private @Nullable String error;
    private Duration took = Duration.ZERO;

    void vms(List<VirtualMachine> now) {
        vms.clear();
        vms.addAll(now);
    }

    void add(Trip trip) {
        trips.add(trip);
    }

    void fail(String message) {
        error = message;
    }

    void took(Duration time) {
        took = time;
    }

    boolean ok() {
        return error == null && trips.size() == DemoScript.TRIPS;
    }

    void print(PrintStream out) {
        new Table<VirtualMachine>()
                .column("VM", VirtualMachine::getName)
                .column("ID", VirtualMachine::getId)
                .column("HOST", VirtualMachine::getHostName)
                .column("IP ADDRESS", Guests::address)
                .print(out, "   ", vms);
        out.println();
        new Table<Trip>()
                .column("MIGRATION", trip -> "%s: %s to %s".formatted(trip.vm(), trip.from(), trip.to()))
                .number("ROUNDS", trip -> String.valueOf(trip.facts().getRoundsCount()))
                .number("SENT", trip -> Sizes.format(trip.facts().getSentBytes()))
                .number(
                        "TOOK",
                        trip -> Times.format(Duration.ofMillis(trip.facts().getTotalMs())))
                .number("GUEST PAUSED", trip -> MigrationReport.pause(trip.facts()))
                .number(
                        "PINGS LOST",
                        trip -> trip.pings()
                                .map(pings -> "%d of %d".formatted(pings.lost(), pings.sent()))
                                .orElse("no ping"))
                .print(out, "   ", trips);
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
            json.name("vms").beginArray();
            for (VirtualMachine vm : vms) {
                json.beginObject();
                json.name("name").value(vm.getName());
                json.name("id").value(vm.getId());
                json.name("host").value(vm.getHostName());
                json.name("ipAddress").value(Guests.address(vm));
                json.endObject();
            }
            json.endArray();
            json.name("migrations").beginArray();
            for (Trip trip : trips) {
                write(json, trip);
            }
            json.endArray();
            json.endObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing into memory cannot fail", e);
        }
        return text.toString();
    }

    private static void write(JsonWriter json, Trip trip) throws IOException {
        MigrationProgress facts = trip.facts();
        json.beginObject();
        json.name("vm").value(trip.vm());
        json.name("from").value(trip.from());
        json.name("to").value(trip.to());
        json.name("task").value(trip.taskId());
        json.name("downtimeMs").value(facts.getDowntimeMs());
        json.name("downtimeSource")
                .value(facts.getDowntimeSource()
                        .name()
                        .replace("DOWNTIME_SOURCE_", "")
                        .toLowerCase(Locale.ROOT));
        json.name("totalMs").value(facts.getTotalMs());
        json.name("sentBytes").value(facts.getSentBytes());
        json.name("rounds").beginArray();
        for (PrecopyRound round : facts.getRoundsList()) {
            json.beginObject();
            json.name("number").value(round.getNumber());
            json.name("sentBytes").value(round.getSentBytes());
            json.name("remainingBytes").value(round.getRemainingBytes());
            json.name("dirtyRateBytesPerSecond").value(round.getDirtyRateBytesPerSecond());
            json.name("durationMs").value(round.getDurationMs());
            json.endObject();
        }
        json.endArray();
        if (trip.pings().isPresent()) {
            PingCount pings = trip.pings().get();
            json.name("pingsSent").value(pings.sent());
            json.name("pingsReceived").value(pings.received());
            json.name("pingsLost").value(pings.lost());
        } else {
            json.name("pingsLost").nullValue();
        }
        json.endObject();
    }
}
