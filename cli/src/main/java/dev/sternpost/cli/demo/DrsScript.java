package dev.sternpost.cli.demo;

import dev.sternpost.cli.drs.DrsWords;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.task.TaskResults;
import dev.sternpost.proto.cluster.v1.AutomationLevel;
import dev.sternpost.proto.cluster.v1.Cluster;
import dev.sternpost.proto.cluster.v1.GetClusterRequest;
import dev.sternpost.proto.cluster.v1.UpdateDrsSettingsRequest;
import dev.sternpost.proto.drs.v1.GetDrsScoreRequest;
import dev.sternpost.proto.drs.v1.GetDrsScoreResponse;
import dev.sternpost.proto.drs.v1.Recommendation;
import dev.sternpost.proto.drs.v1.RecommendationState;
import dev.sternpost.proto.drs.v1.RecommendedMove;
import dev.sternpost.proto.drs.v1.RunDrsPassRequest;
import dev.sternpost.proto.drs.v1.RunDrsPassResponse;
import dev.sternpost.proto.host.v1.Host;
import dev.sternpost.proto.host.v1.ListHostsRequest;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.RunGuestProgramResponse;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Load balancing in the open: busy guests on one host, and what becomes of them when the cluster is fully automated. */
final class DrsScript {
    private static final List<String> NAMES = List.of("busy-1", "busy-2", "busy-3");

    /** Of one CPU, what a guest demands that works all it can. */
    private static final double BUSY = 0.6;

    private static final Duration PROGRAM_BOUND = Duration.ofSeconds(60);
    private static final Duration GUEST_BOUND = Duration.ofMinutes(4);
    private static final Duration MEASURED_BOUND = Duration.ofMinutes(5);
    private static final Duration MOVED_BOUND = Duration.ofMinutes(8);
    private static final Duration TASK_BOUND = Duration.ofMinutes(6);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final SternpostSession session;
    private final Guests guests;
    private final Story story;
    private final DrsReport report;

    DrsScript(SternpostSession session, Story story, DrsReport report) {
        this.session = session;
        this.guests = new Guests(session);
        this.story = story;
        this.report = report;
    }

    void play(String template, String compute) throws InterruptedException {
        if (guests.find(template).isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND, "there is no template \"%s\"; ./sternpost up registers it".formatted(template));
        }
        Cluster cluster = cluster(compute);
        removeOldOnes();
        story.chapter("Nothing moves by itself for now");
        automation(cluster, AutomationLevel.AUTOMATION_LEVEL_MANUAL, "manual");
        try {
            Host host = firstHost(cluster);
            start(template, host);
            work();
            before(cluster, host);
            spread(cluster);
            after(cluster);
        } finally {
            rest();
            session.call(() -> session.clusters()
                    .updateDrsSettings(UpdateDrsSettingsRequest.newBuilder()
                            .setCluster(cluster.getId())
                            .setAutomation(cluster.getDrs().getAutomation())
                            .build()));
        }
    }

    private Cluster cluster(String reference) {
        return session.call(() -> session.clusters()
                        .getCluster(GetClusterRequest.newBuilder()
                                .setCluster(reference)
                                .build()))
                .getCluster();
    }

    private void removeOldOnes() {
        for (String name : NAMES) {
            guests.find(name).ifPresent(old -> {
                story.say("%s is left from an earlier run: it is deleted first".formatted(old.getPath()));
                guests.delete(old);
            });
        }
    }

    private void automation(Cluster cluster, AutomationLevel level, String word) {
        story.command("cluster drs %s --automation %s".formatted(cluster.getName(), word));
        session.call(() -> session.clusters()
                .updateDrsSettings(UpdateDrsSettingsRequest.newBuilder()
                        .setCluster(cluster.getId())
                        .setEnabled(true)
                        .setAutomation(level)
                        .build()));
    }

    private Host firstHost(Cluster cluster) {
        return session
                .call(() -> session.hosts().listHosts(ListHostsRequest.getDefaultInstance()))
                .getHostsList()
                .stream()
                .filter(host -> host.getParentId().equals(cluster.getId()))
                .min(Comparator.comparing(Host::getName))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.NOT_FOUND, "%s has no host; add three of them".formatted(cluster.getName())));
    }

    private void start(String template, Host host) throws InterruptedException {
        story.chapter("Three virtual machines on " + host.getName());
        List<Task> filed = NAMES.stream()
                .map(name -> {
                    story.command("vm create %s --template %s --in %s --on".formatted(name, template, host.getName()));
                    return guests.createOn(name, template, host.getId());
                })
                .toList();
        for (Task task : filed) {
            done(task);
        }
        long end = System.nanoTime() + GUEST_BOUND.toNanos();
        for (String name : NAMES) {
            while (!guests.answers(name)) {
                if (System.nanoTime() > end) {
                    throw new CommandFailure(
                            ExitCode.TIMEOUT,
                            "%s did not boot within %d s; see: sternpost vm console %s"
                                    .formatted(name, GUEST_BOUND.toSeconds(), name));
                }
                Thread.sleep(PAUSE);
            }
        }
        story.say("all three run on %s and have booted".formatted(host.getName()));
    }

    private void work() {
        story.chapter("All three get to work");
        for (String name : NAMES) {
            List<String> command = List.of("guest-load", "start", "dirty", "--bytes", "256K");
            story.command("vm exec %s %s".formatted(name, String.join(" ", command)));
            RunGuestProgramResponse answer = guests.run(name, PROGRAM_BOUND, command);
            if (answer.getExitCode() != 0) {
                throw new CommandFailure(
                        ExitCode.TASK_FAILED,
                        "%s cannot work: %s"
                                .formatted(name, Guests.output(answer).strip()));
            }
        }
    }

    private GetDrsScoreResponse score(Cluster cluster) {
        return session.call(() -> session.drs()
                .getDrsScore(GetDrsScoreRequest.newBuilder()
                        .setCluster(cluster.getId())
                        .build()));
    }

    private void before(Cluster cluster, Host host) throws InterruptedException {
        story.chapter("The hosts measure what they use, every 20 s");
        double cpuMhz = (double) host.getCpuMhz();
        long begun = System.nanoTime();
        GetDrsScoreResponse now = score(cluster);
        while (!allBusy(now, cpuMhz)) {
            if (System.nanoTime() - begun > MEASURED_BOUND.toNanos()) {
                throw new CommandFailure(
                        ExitCode.TIMEOUT,
                        "the guests work, and %d s later they are not measured to; see: sternpost vm stats busy-1"
                                .formatted(MEASURED_BOUND.toSeconds()));
            }
            Thread.sleep(PAUSE);
            now = score(cluster);
        }
        story.say("known after " + Times.format(Duration.ofNanos(System.nanoTime() - begun)));
        story.command("drs score");
        DrsWords.balance(story.out(), "   ", now.getBalance());
        DrsWords.vmScores().print(story.out(), "   ", now.getVmScoresList());
        report.before(now.getBalance().getScore());
    }

    private static boolean allBusy(GetDrsScoreResponse now, double cpuMhz) {
        return now.getVmScoresList().stream()
                        .filter(vm -> NAMES.contains(vm.getVmName()) && vm.getCpuDemandedMhz() > BUSY * cpuMhz)
                        .count()
                == NAMES.size();
    }

    private void spread(Cluster cluster) throws InterruptedException {
        story.chapter("The cluster is fully automated now: it moves them apart");
        automation(cluster, AutomationLevel.AUTOMATION_LEVEL_FULLY_AUTOMATED, "full");
        long end = System.nanoTime() + MOVED_BOUND.toNanos();
        Set<String> told = new HashSet<>();
        while (hostsUsed() < NAMES.size()) {
            if (System.nanoTime() > end) {
                throw new CommandFailure(
                        ExitCode.TIMEOUT,
                        "%d virtual machines were moved within %d s, not enough; see: sternpost drs explain busy-1"
                                .formatted(report.moveCount(), MOVED_BOUND.toSeconds()));
            }
            story.command("drs run");
            RunDrsPassResponse pass = session.call(() -> session.drs()
                    .runDrsPass(RunDrsPassRequest.newBuilder()
                            .setCluster(cluster.getId())
                            .build()));
            for (Recommendation each : pass.getRecommendationsList()) {
                if (each.getState() == RecommendationState.RECOMMENDATION_STATE_APPLIED) {
                    story.say("%s (%s)".formatted(DrsWords.moves(each), each.getReason()));
                    each.getMovesList().forEach(move -> follow(move, told));
                }
            }
            if (pass.getRecommendationsCount() == 0) {
                story.say(pass.getPass().getStopped());
                Thread.sleep(PAUSE);
            }
        }
    }

    private void follow(RecommendedMove move, Set<String> told) {
        if (told.add(move.getTaskId())) {
            Task ended = done(move.getTaskId());
            report.moved(move);
            story.say("%s is on %s now; its guest stood still for %.0f ms"
                    .formatted(
                            move.getVmName(),
                            move.getToHostName(),
                            ended.getMigration().getDowntimeMs()));
        }
    }

    private Task done(Task task) {
        return done(task.getId());
    }

    private Task done(String taskId) {
        return TaskResults.mustSucceed(session.waitForTask(taskId, TASK_BOUND));
    }

    private long hostsUsed() {
        return NAMES.stream()
                .map(name -> guests.get(name).getHostId())
                .distinct()
                .count();
    }

    private void after(Cluster cluster) {
        story.chapter("What it came to");
        story.command("drs score");
        GetDrsScoreResponse now = score(cluster);
        DrsWords.balance(story.out(), "   ", now.getBalance());
        DrsWords.vmScores().print(story.out(), "   ", now.getVmScoresList());
        report.after(now.getBalance().getScore());
        for (String name : NAMES) {
            VirtualMachine vm = guests.get(name);
            report.at(name, vm.getHostName());
        }
    }

    /** Whatever happened, nobody's machine is left at full load. */
    private void rest() {
        for (String name : NAMES) {
            guests.find(name).ifPresent(vm -> guests.stopLoad(vm.getId()));
        }
    }
}
