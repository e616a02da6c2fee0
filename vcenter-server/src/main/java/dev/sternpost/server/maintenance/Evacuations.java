package dev.sternpost.server.maintenance;

import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.migration.Lanes;
import dev.sternpost.server.migration.Migrations;
import dev.sternpost.server.migration.MoveUnderWay;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Faults;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Files the moves that empty a host, and those that bring its VMs back: looks at the unfinished tasks of maintenance, plans anew each
 * time, and begins what can begin. After a restart it finds the moves that go on among the tasks; what it remembers of failures is lost,
 * which costs no more than trying again.
 */
final class Evacuations {
    /** Live migrations that go on at the same time for one host. */
    static final int AT_ONCE = Lanes.PER_HOST_MAX;

    /** How often the move of one VM is tried. */
    private static final int ATTEMPTS_MAX = 3;

    /** How long something may stand in the way before the task is given up. */
    private static final Duration BLOCKED_MAX = Duration.ofSeconds(60);

    /** How long after the failure of a move it is tried again. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Inventory inventory;
    private final EvacuationPlans plans;
    private final Migrations migrations;
    private final Tasks tasks;
    private final InstantSource clock;
    private final EvacuationLedger ledger;
    private final Map<String, Job> jobs = new HashMap<>();
    private final Set<String> unfinished = ConcurrentHashMap.newKeySet();
    private boolean learnt;

    Evacuations(EvacuationPlans plans, EvacuationLedger ledger, HostMaintenance.Work work, InstantSource clock) {
        this.inventory = plans.inventory();
        this.ledger = ledger;
        work.board().follow(view -> notice(view.task()));
        this.plans = plans;
        this.migrations = work.migrations();
        this.tasks = work.tasks();
        this.clock = clock;
    }

    /** What is remembered of one task of maintenance. */
    private static final class Job {
        private final Map<VirtualMachineId, String> moves = new HashMap<>();
        private final Map<VirtualMachineId, Integer> failures = new HashMap<>();
        private final Map<VirtualMachineId, Instant> notBefore = new HashMap<>();
        private @Nullable Instant blockedSince;
    }

    /** The VMs of a host that still stand in the way. */
    static List<String> left(InventorySnapshot snapshot, MaintenanceInput input) {
        return snapshot.vmsOn(new HostId(input.hostId())).stream()
                .filter(vm -> vm.powerState() == PowerState.POWERED_ON
                        || input.movePoweredOff() && !vm.template() && vm.powerState() == PowerState.POWERED_OFF)
                .map(VirtualMachine::name)
                .toList();
    }

    /** Goes on with every task of maintenance; called every second or so. */
    synchronized void tick() {
        if (!learnt) {
            learnt = true;
            tasks.unfinished().forEach(this::notice);
        }
        for (String id : unfinished) {
            try {
                look(id);
            } catch (FaultException e) {
                // One task must not keep the others from being looked after.
                ledger.giveUp(id, Faults.recorded(e.fault()));
            }
        }
        jobs.keySet().retainAll(unfinished);
        ledger.keepOnly(unfinished);
    }

    private void look(String id) {
        Task task = tasks.get(id).task();
        String step = task.summary().currentStep();
        if (task.state() == TaskState.RUNNING && step.equals(MaintenanceWorkflows.EVACUATE)) {
            goOn(task, jobs.computeIfAbsent(id, unused -> job(task)), true);
        } else if (task.state() == TaskState.RUNNING && step.equals(MaintenanceWorkflows.BRING_BACK)) {
            goOn(task, jobs.computeIfAbsent(id, unused -> job(task)), false);
        }
    }

    /** With the moves that its task had begun before the server was started, if any. */
    private Job job(Task task) {
        Job job = new Job();
        HostId host = new HostId(input(task).hostId());
        migrations.underWay().stream()
                .filter(move -> move.from().equals(host) || move.to().equals(host))
                .forEach(move -> job.moves.put(move.vmId(), move.task().toString()));
        return job;
    }

    private static MaintenanceInput input(Task task) {
        return Json.read(task.draft().input(), MaintenanceInput.class);
    }

    private void notice(Task task) {
        String kind = task.draft().kind();
        if (kind.equals(MaintenanceWorkflows.ENTER)
                || kind.equals(MaintenanceWorkflows.RESTORE)
                || HostEmptying.KINDS.contains(kind)) {
            if (task.state().isEnd()) {
                unfinished.remove(task.id().toString());
            } else {
                unfinished.add(task.id().toString());
            }
        }
    }

    private void goOn(Task task, Job job, boolean evacuates) {
        MaintenanceInput input = input(task);
        settle(job);
        if (isPaused(input)) {
            return;
        }
        // A plan costs a look at the whole cluster, and nothing of it could begin now.
        if (job.moves.size() < AT_ONCE) {
            goOn(task, job, input, evacuates);
        }
        tasks.observed(input.hostId());
    }

    private void goOn(Task task, Job job, MaintenanceInput input, boolean evacuates) {
        String id = task.id().toString();
        EvacuationPlan plan = evacuates ? plans.evacuation(input) : plans.restoration(input);
        begin(
                task,
                job,
                plan.moves().stream()
                        .filter(move -> move.startSeconds() == 0)
                        .map(EvacuationPlan.Move::move)
                        .toList(),
                migrations::underWay);
        if (evacuates) {
            begin(task, job, plan.registrations(), List::of);
            judge(job, input, plan).ifPresent(trouble -> ledger.giveUp(id, trouble));
        } else if (job.moves.isEmpty()
                && plan.moves().stream()
                        .allMatch(move -> isGivenUp(job, move.move().vmId()))) {
            ledger.restored(id);
        }
    }

    private boolean isPaused(MaintenanceInput input) {
        return inventory
                .snapshot()
                .find(new HostId(input.hostId()))
                .filter(host -> host.mode() == HostMode.MAINTENANCE_PAUSED)
                .isPresent();
    }

    /** Learns what has become of the moves. */
    private void settle(Job job) {
        for (Map.Entry<VirtualMachineId, String> move : List.copyOf(job.moves.entrySet())) {
            Task moving = tasks.get(move.getValue()).task();
            if (moving.state().isEnd()) {
                job.moves.remove(move.getKey());
                if (moving.state() != TaskState.SUCCEEDED) {
                    failed(job, move.getKey());
                }
            }
        }
    }

    private void failed(Job job, VirtualMachineId vm) {
        job.failures.merge(vm, 1, Integer::sum);
        job.notBefore.put(vm, clock.instant().plus(PAUSE));
    }

    private static boolean isGivenUp(Job job, VirtualMachineId vm) {
        return job.failures.getOrDefault(vm, 0) >= ATTEMPTS_MAX;
    }

    /** @param underWay what counts against the lanes of hosts */
    private void begin(Task task, Job job, List<VmMove> moves, Supplier<List<MoveUnderWay>> underWay) {
        if (moves.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        Lanes lanes = new Lanes(underWay.get());
        for (VmMove move : moves) {
            boolean ready = job.moves.size() < AT_ONCE
                    && lanes.free(move.fromHostId(), move.toHostId())
                    && !tasks.isBusy(move.vmId().value())
                    && !isGivenUp(job, move.vmId())
                    && migrations.mayBegin(move.vmId(), move.toHostId())
                    && !job.notBefore.getOrDefault(move.vmId(), now).isAfter(now);
            if (ready) {
                try {
                    var filed = migrations.migratePlanned(
                            Caller.named(task.draft().userName()), move.vmId(), move.toHostId());
                    lanes.take(move.fromHostId(), move.toHostId());
                    job.moves.put(move.vmId(), filed.task().id().toString());
                } catch (FaultException e) {
                    failed(job, move.vmId());
                }
            }
        }
    }

    /** Gives up when a VM could not be moved again and again, or something stands in the way for long. */
    private Optional<TaskFault> judge(Job job, MaintenanceInput input, EvacuationPlan plan) {
        InventorySnapshot snapshot = inventory.snapshot();
        String givenUp = job.failures.keySet().stream()
                .filter(vm -> isGivenUp(job, vm))
                .map(vm -> snapshot.find(vm).map(VirtualMachine::name).orElse(vm.value()))
                .collect(Collectors.joining(", "));
        if (!givenUp.isEmpty()) {
            return Optional.of(fault(
                    "%s could not be moved in %d attempts. See the tasks of each, mend what they say, and try again."
                            .formatted(givenUp, ATTEMPTS_MAX)));
        }
        boolean waits = input.waitForBlocked()
                || !job.moves.isEmpty()
                || plan.blocked().stream()
                        .allMatch(blocked -> tasks.isBusy(blocked.vmId().value()));
        if (waits) {
            job.blockedSince = null;
            return Optional.empty();
        }
        Instant now = clock.instant();
        Instant since = job.blockedSince == null ? now : job.blockedSince;
        job.blockedSince = since;
        return since.plus(BLOCKED_MAX).isBefore(now) ? Optional.of(fault(words(snapshot, plan))) : Optional.empty();
    }

    static String words(InventorySnapshot snapshot, EvacuationPlan plan) {
        return plan.blocked().stream()
                .map(blocked -> PlannedRules.named(
                        snapshot,
                        "%s cannot leave: %s %s".formatted(blocked.vmId(), blocked.reason(), blocked.remedy())))
                .collect(Collectors.joining(" "));
    }

    private static TaskFault fault(String message) {
        return Faults.recorded(new FaultException(FaultCode.MAINTENANCE_BLOCKED, message).fault());
    }
}
