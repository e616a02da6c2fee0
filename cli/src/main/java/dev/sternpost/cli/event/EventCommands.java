package dev.sternpost.cli.event;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.task.WaitOptions;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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

    @Command(
            name = "ls",
            description = "List events: the newest, oldest of them first.",
            footer = {"  sternpost event ls", "  sternpost event ls --on web-1", "  sternpost event ls --since 1200"})
    static final class Ls extends ServerVerb {
        @Option(names = "--on", paramLabel = "OBJECT", description = "Only events about this object (path or id).")
        String subject = "";

        @Option(names = "--task", paramLabel = "TASK", description = "Only events of this task.")
        String task = "";

        @Option(names = "--since", paramLabel = "NO", description = "Only events after this number.")
        long since;

        @Option(names = "-n", paramLabel = "COUNT", description = "At most this many, up to 1000. Default: 20.")
        int count = 20;

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

    @Command(
            name = "watch",
            description = "Print events as they happen, until Ctrl-C. Goes on over a restart of the server.",
            footer = {"  sternpost event watch", "  sternpost event watch --on web-1", "  sternpost event watch -o json"
            })
    static final class WatchEvents extends ServerVerb {
        @Option(names = "--on", paramLabel = "OBJECT", description = "Only events about this object (path or id).")
        String subject = "";

        @Option(names = "--since", paramLabel = "NO", description = "Begin after this number. Default: from now on.")
        long since;

        @Option(
                names = "--for",
                paramLabel = "TIME",
                converter = WaitOptions.DurationConverter.class,
                description = "Stop after this time. Default: 24h.")
        Duration span = Duration.ofHours(24);

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
