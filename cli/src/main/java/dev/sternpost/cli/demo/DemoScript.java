package dev.sternpost.cli.demo;

import dev.sternpost.cli.event.EventCommands;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.proto.event.v1.Event;
import dev.sternpost.proto.event.v1.ListEventsRequest;
import dev.sternpost.proto.network.v1.GetNetworkRequest;
import dev.sternpost.proto.network.v1.NetworkKind;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.RunGuestProgramResponse;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The steps of the demonstration in their order. */
final class DemoScript {
    /** There and back. */
    static final int TRIPS = 2;

    private static final List<String> NAMES = List.of("demo-1", "demo-2");
    private static final int CONSOLE_LINES = 5;
    private static final int EVENTS_MAX = 200;
    private static final Duration PROGRAM_BOUND = Duration.ofSeconds(20);

    private final SternpostSession session;
    private final Guests guests;
    private final Story story;
    private final DemoReport report;
    private final Traveller traveller;

    DemoScript(SternpostSession session, Story story, DemoReport report, Duration settle) {
        this.session = session;
        this.guests = new Guests(session);
        this.story = story;
        this.report = report;
        this.traveller = new Traveller(session, story, settle);
    }

    void play(String templateName, String compute) throws InterruptedException {
        long firstEvent = newestEvent();
        VirtualMachine template = template(templateName);
        boolean reachable = bridged(template);
        removeOldOnes();
        create(template, compute);
        List<VirtualMachine> vms = start();
        console(vms.getFirst());
        Optional<String> pinger = Optional.empty();
        if (reachable) {
            pinger = Optional.of(vms.get(1).getName());
            pingThreeTimes(vms.get(1), vms.getFirst());
        } else {
            story.chapter("No ping");
            story.say("user-mode networking: virtual machines cannot reach each other (the agents do not run as root)");
        }
        travel(vms.getFirst(), pinger);
        report.vms(NAMES.stream().map(guests::get).toList());
        events(firstEvent);
    }

    private VirtualMachine template(String name) {
        return guests.find(name)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.NOT_FOUND,
                        "there is no template \"%s\"; ./sternpost up registers it".formatted(name)));
    }

    private boolean bridged(VirtualMachine template) {
        if (template.getConfig().getNicsCount() == 0) {
            return false;
        }
        GetNetworkRequest request = GetNetworkRequest.newBuilder()
                .setNetwork(template.getConfig().getNics(0).getNetworkId())
                .build();
        return session.call(() -> session.networks().getNetwork(request))
                        .getNetwork()
                        .getKind()
                == NetworkKind.NETWORK_KIND_BRIDGED;
    }

    private void removeOldOnes() {
        for (String name : NAMES) {
            guests.find(name).ifPresent(old -> {
                story.say("%s is left from an earlier run: it is deleted first".formatted(old.getPath()));
                guests.delete(old);
            });
        }
    }

    private void create(VirtualMachine template, String compute) {
        story.chapter("Two virtual machines from the template " + template.getName());
        // Side by side, as two administrators would.
        List<Task> filed = NAMES.stream()
                .map(name -> {
                    story.command("vm create %s --template %s".formatted(name, template.getName()));
                    return guests.create(name, template.getId(), compute);
                })
                .toList();
        for (Task task : filed) {
            Task ended = guests.done(task);
            VirtualMachine made =
                    guests.get(ended.getResultId().isEmpty() ? task.getSubjectName() : ended.getResultId());
            story.say("%s: %s on %s, %d CPU, %s, made in %s"
                    .formatted(
                            made.getName(),
                            made.getId(),
                            made.getHostName(),
                            made.getConfig().getCpuCount(),
                            Sizes.format(made.getConfig().getMemoryBytes()),
                            Times.between(ended.getCreateTime(), ended.getEndTime())));
        }
        report.vms(NAMES.stream().map(guests::get).toList());
    }

    private List<VirtualMachine> start() throws InterruptedException {
        story.chapter("Power on, and wait for the guests to tell their addresses");
        story.command("vm on " + String.join(" ", NAMES));
        List<Task> filed = NAMES.stream().map(guests::powerOn).toList();
        for (Task task : filed) {
            Task ended = guests.done(task);
            VirtualMachine on = guests.get(task.getSubjectId());
            story.say("%s: powered on on %s in %s"
                    .formatted(
                            on.getName(), on.getHostName(), Times.between(ended.getCreateTime(), ended.getEndTime())));
        }
        long begun = System.nanoTime();
        for (String name : NAMES) {
            VirtualMachine ready = guests.withAddress(name);
            story.say("%s: %s".formatted(name, Guests.address(ready)));
        }
        story.say("both had booted after " + Times.format(Duration.ofNanos(System.nanoTime() - begun)));
        List<VirtualMachine> vms = NAMES.stream().map(guests::get).toList();
        report.vms(vms);
        return vms;
    }

    private void console(VirtualMachine vm) {
        story.chapter("The end of the serial console of " + vm.getName());
        story.command("vm console " + vm.getName());
        guests.console(vm.getId(), CONSOLE_LINES).forEach(story::quote);
    }

    private void pingThreeTimes(VirtualMachine from, VirtualMachine to) {
        story.chapter("%s pings %s".formatted(from.getName(), to.getName()));
        List<String> command = List.of("ping", "-c", "3", Guests.address(to));
        story.command("vm exec %s %s".formatted(from.getName(), String.join(" ", command)));
        RunGuestProgramResponse answer = guests.run(from.getId(), PROGRAM_BOUND, command);
        story.quote(Guests.output(answer));
        if (answer.getExitCode() != 0) {
            throw new CommandFailure(
                    ExitCode.TASK_FAILED,
                    "%s does not reach %s (ping ended with %d)"
                            .formatted(from.getName(), Guests.address(to), answer.getExitCode()));
        }
    }

    private void travel(VirtualMachine vm, Optional<String> pinger) throws InterruptedException {
        String while_ = pinger.map(name -> " while %s pings it ten times a second".formatted(name))
                .orElse("");
        story.chapter("Live migration of %s%s".formatted(vm.getName(), while_));
        Trip there = traveller.migrate(vm, pinger, "");
        report.add(there);
        story.chapter("And back to " + there.from());
        report.add(traveller.migrate(guests.get(vm.getId()), pinger, there.from()));
    }

    private long newestEvent() {
        ListEventsRequest request =
                ListEventsRequest.newBuilder().setPageSize(1).build();
        List<Event> newest =
                session.call(() -> session.events().listEvents(request)).getEventsList();
        return newest.isEmpty() ? 0 : newest.getFirst().getSequence();
    }

    private void events(long after) {
        story.chapter("The event trail");
        story.command("event ls --since " + after);
        Set<String> ids = NAMES.stream().map(name -> guests.get(name).getId()).collect(Collectors.toSet());
        ListEventsRequest request = ListEventsRequest.newBuilder()
                .setAfterSequence(after)
                .setPageSize(EVENTS_MAX)
                .build();
        List<Event> events = session.call(() -> session.events().listEvents(request)).getEventsList().stream()
                .filter(event -> ids.contains(event.getSubjectId()))
                .sorted(java.util.Comparator.comparingLong(Event::getSequence))
                .toList();
        EventCommands.table().print(story.out(), "   ", events);
    }
}
