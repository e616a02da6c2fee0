package dev.sternpost.cli.event;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.proto.event.v1.Event;
import dev.sternpost.proto.event.v1.EventSeverity;
import dev.sternpost.proto.event.v1.ListEventsRequest;
import dev.sternpost.sdk.EventHandler;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.SternpostSession;
import dev.sternpost.sdk.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** sternpost event ... */
public final class EventCommands {
    private EventCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("event", "What has happened, in order.")
                .with("ls", Ls::new)
                .with("watch", WatchEvents::new);
    }

    /** The columns in which events are printed everywhere. */
    public static Table<Event> table() {
        return new Table<Event>()
                .number("NO", event -> String.valueOf(event.getSequence()))
                .column("TIME", event -> Times.format(event.getCreateTime()))
                .column("TYPE", Event::getType)
                .column("OBJECT", Event::getSubjectName)
                .column("BY", Event::getUserName)
                .column("MESSAGE", event -> severity(event.getSeverity()) + event.getMessage());
    }

    private static String severity(EventSeverity severity) {
        return switch (severity) {
            case EVENT_SEVERITY_WARNING -> "warning: ";
            case EVENT_SEVERITY_ERROR -> "error: ";
            case EVENT_SEVERITY_INFO, EVENT_SEVERITY_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    static final class Ls extends ServerVerb {
        String subject = "";

        String task = "";

        long since;

        int count = 20;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List events: the newest, oldest of them first.")
                    .example("sternpost event ls")
                    .example("sternpost event ls --on web-1")
                    .example("sternpost event ls --since 1200")
                    .option("--on", "OBJECT", "Only events about this object (path or id).", text -> subject = text)
                    .option("--task", "TASK", "Only events of this task.", text -> task = text)
                    .option("--since", "NO", "Only events after this number.", text -> since = Values.number(text))
                    .option(
                            "-n",
                            "COUNT",
                            "At most this many, up to 1000. Default: 20.",
                            text -> count = Values.whole(text));
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            ListEventsRequest request = ListEventsRequest.newBuilder()
                    .setSubject(subject)
                    .setTaskId(task)
                    .setAfterSequence(since)
                    .setPageSize(count)
                    .build();
            List<Event> events =
                    session.call(() -> session.events().listEvents(request)).getEventsList();
            print(table(), since > 0 ? events : events.reversed());
            return ExitCode.DONE;
        }
    }

    static final class WatchEvents extends ServerVerb {
        String subject = "";

        long since;

        Duration span = Duration.ofHours(24);

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Print events as they happen, until Ctrl-C. Goes on over a restart of the server.")
                    .example("sternpost event watch")
                    .example("sternpost event watch --on web-1")
                    .example("sternpost event watch -o json")
                    .option("--on", "OBJECT", "Only events about this object (path or id).", text -> subject = text)
                    .option(
                            "--since",
                            "NO",
                            "Begin after this number. Default: from now on.",
                            text -> since = Values.number(text))
                    .option("--for", "TIME", "Stop after this time. Default: 24h.", text -> span = Times.parse(text));
        }

        @Override
        protected ExitCode run(SternpostSession session) throws InterruptedException {
            EventHandler handler = new EventHandler() {
                @Override
                public void onEvent(Event event) {
                    print(line(event), event);
                }

                @Override
                public void onInterruption(SternpostException fault) {
                    shell().err().println("the server is out of reach (%s); watching on".formatted(fault.code()));
                }
            };
            try (Watch watch = session.watchEvents(since, subject, handler)) {
                Optional<RuntimeException> end = watch.awaitEnd(span);
                if (end.isPresent()) {
                    throw end.get();
                }
            }
            return ExitCode.DONE;
        }

        private static String line(Event event) {
            return Table.cell("%d  %s  %s  %s  %s%s"
                    .formatted(
                            event.getSequence(),
                            Times.format(event.getCreateTime()),
                            event.getType(),
                            event.getSubjectName(),
                            severity(event.getSeverity()),
                            event.getMessage()));
        }
    }
}
