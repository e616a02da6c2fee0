package dev.sternpost.cli.demo;

import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.task.MigrationReport;
import dev.sternpost.cli.task.TaskResults;
import dev.sternpost.proto.task.v1.MigrationPhase;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.MigrateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.RunGuestProgramResponse;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Migrates a VM while another one pings it, ten times a second. */
final class Traveller {
    private static final Duration PING_BOUND = Duration.ofSeconds(60);
    private static final Duration PING_GRACE = Duration.ofSeconds(20);
    private static final Duration PROGRAM_BOUND = Duration.ofSeconds(10);

    private final SternpostSession session;
    private final Guests guests;
    private final Story story;
    private final Duration settle;

    /**
     * @param settle how long the ping runs before the migration begins and after it has ended
     */
    Traveller(SternpostSession session, Story story, Duration settle) {
        this.session = session;
        this.guests = new Guests(session);
        this.story = story;
        this.settle = settle;
    }

    /**
     * Moves it.
     *
     * @param pinger the VM that pings; empty when VMs cannot reach each other
     * @param target empty lets placement choose
     */
    Trip migrate(VirtualMachine traveller, Optional<String> pinger, String target) throws InterruptedException {
        String address = Guests.address(traveller);
        Optional<CompletableFuture<String>> ping = pinger.map(vm -> startPing(vm, address));
        if (ping.isPresent()) {
            Thread.sleep(settle);
        }
        story.command("vm migrate " + traveller.getName() + (target.isEmpty() ? "" : " --to " + target));
        Task ended = follow(traveller, target);
        VirtualMachine after = guests.get(traveller.getId());
        MigrationReport.print(story.out(), "   ", ended.getMigration());
        story.say("%s is on %s now".formatted(after.getName(), after.getHostName()));
        Optional<PingCount> count = Optional.empty();
        if (ping.isPresent() && pinger.isPresent()) {
            Thread.sleep(settle);
            count = Optional.of(endPing(pinger.get(), address, ping.get()));
        }
        return new Trip(
                traveller.getName(),
                traveller.getHostName(),
                after.getHostName(),
                ended.getId(),
                ended.getMigration(),
                count);
    }

    private Task follow(VirtualMachine vm, String target) {
        MigrateVirtualMachineRequest request = MigrateVirtualMachineRequest.newBuilder()
                .setVm(vm.getId())
                .setHost(target)
                .build();
        Task task = session.call(() -> session.virtualMachines().migrateVirtualMachine(request))
                .getTask();
        Set<Integer> told = new HashSet<>();
        Task ended = session.waitForTask(task.getId(), Guests.TASK_BOUND, now -> tellPhases(now, told));
        return TaskResults.mustSucceed(ended);
    }

    private void tellPhases(Task task, Set<Integer> told) {
        for (MigrationPhase phase : task.getMigration().getPhasesList()) {
            if (phase.getDone() && told.add(phase.getNumber())) {
                story.say("[%d/%d] %s"
                        .formatted(phase.getNumber(), task.getMigration().getPhasesCount(), phase.getName()));
            }
        }
    }

    private CompletableFuture<String> startPing(String pinger, String address) {
        List<String> command = List.of("ping", "-i", "0.1", "-w", String.valueOf(PING_BOUND.toSeconds()), address);
        story.command("vm exec --within 2m %s %s &".formatted(pinger, String.join(" ", command)));
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        output.complete(Guests.output(guests.run(pinger, PING_BOUND.plus(PING_GRACE), command)));
                    } catch (SternpostException e) {
                        output.completeExceptionally(e);
                    }
                },
                "demo-ping");
        thread.setDaemon(true);
        thread.start();
        return output;
    }

    /** Ends the ping as Ctrl-C would, so that it tells its statistic. */
    private PingCount endPing(String pinger, String address, CompletableFuture<String> ping)
            throws InterruptedException {
        boolean endedEarly = ping.isDone();
        if (!endedEarly) {
            guests.run(pinger, PROGRAM_BOUND, List.of("killall", "-INT", "ping"));
        }
        String output;
        try {
            output = ping.get(PING_BOUND.plus(PING_GRACE).toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | CompletionException e) {
            throw new CommandFailure(ExitCode.TASK_FAILED, "the ping failed: " + e.getCause());
        } catch (TimeoutException e) {
            throw new CommandFailure(ExitCode.TIMEOUT, "the ping did not end");
        }
        PingCount count = PingCount.parse(output)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.TASK_FAILED, "the ping told no statistic; it wrote: " + lastLine(output)));
        story.quote(statistic(output));
        story.say("%d of %d pings lost%s"
                .formatted(
                        count.lost(),
                        count.sent(),
                        endedEarly ? " (the ping had ended before the migration did)" : ""));
        RunGuestProgramResponse once =
                guests.run(pinger, PROGRAM_BOUND, List.of("ping", "-c", "1", "-W", "3", address));
        if (once.getExitCode() != 0) {
            throw new CommandFailure(
                    ExitCode.TASK_FAILED, "%s does not answer any more after the migration".formatted(address));
        }
        return count;
    }

    private static String statistic(String output) {
        return String.join(
                "\n",
                output.lines()
                        .filter(line -> line.contains("packets transmitted") || line.contains("min/avg/max"))
                        .toList());
    }

    private static String lastLine(String text) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "nothing" : lines.getLast();
    }
}
