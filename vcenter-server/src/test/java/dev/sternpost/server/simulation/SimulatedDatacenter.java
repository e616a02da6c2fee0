package dev.sternpost.server.simulation;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.GuestMachines;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.demand.InMemoryDemandStore;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.pass.PassStore;
import dev.sternpost.inventory.power.HostPowerSetup;
import dev.sternpost.inventory.power.InMemoryPowerStore;
import dev.sternpost.inventory.store.InMemoryInventoryStore;
import dev.sternpost.inventory.store.InMemoryTransactions;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.drs.Balancing;
import dev.sternpost.server.ha.HaManagement;
import dev.sternpost.server.host.HostReconciler;
import dev.sternpost.server.host.Observed;
import dev.sternpost.server.maintenance.HostMaintenance;
import dev.sternpost.server.migration.ColdMove;
import dev.sternpost.server.migration.ColdMoveWithFiles;
import dev.sternpost.server.migration.Leftovers;
import dev.sternpost.server.migration.LiveMigration;
import dev.sternpost.server.migration.ManyMoves;
import dev.sternpost.server.migration.MigrationForecasts;
import dev.sternpost.server.migration.MigrationWithFiles;
import dev.sternpost.server.migration.Migrations;
import dev.sternpost.server.migration.MoveQueue;
import dev.sternpost.server.migration.StorageMove;
import dev.sternpost.server.migration.StorageMoves;
import dev.sternpost.server.placement.ClusterInput;
import dev.sternpost.server.placement.DemandModels;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.power.PowerManagement;
import dev.sternpost.server.powercontrol.SecretBox;
import dev.sternpost.server.statistics.Statistics;
import dev.sternpost.server.tree.InventoryTree;
import dev.sternpost.server.virtualmachine.VirtualMachines;
import dev.sternpost.server.virtualmachine.VmOrders;
import dev.sternpost.server.virtualmachine.VmRecords;
import dev.sternpost.server.virtualmachine.VmWorkflows;
import dev.sternpost.server.work.CostQueue;
import dev.sternpost.server.work.Faults;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.server.work.TaskEvents;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Atomic;
import dev.sternpost.task.InMemoryTaskStore;
import dev.sternpost.task.Surroundings;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskRunner;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskStore;
import dev.sternpost.task.TaskView;
import dev.sternpost.task.Workflow;
import dev.sternpost.task.kit.KitLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One cluster of three hosts with a shared datastore, a network and a template, and the server's use cases on it. */
public final class SimulatedDatacenter {
    public static final HostId ONE = new HostId("host-901");
    public static final HostId TWO = new HostId("host-902");
    public static final HostId THREE = new HostId("host-903");

    private final KitLoop loop;
    private final InMemoryTaskStore tasks;
    private final InMemoryTransactions transactions = new InMemoryTransactions();
    private final Inventory inventory;
    private final SimulatedHosts hosts;
    private final Observed observed = new Observed();
    private final TaskBoard board = new TaskBoard();
    private final Reservations reservations = new Reservations(board);
    private final Statistics statistics;
    private final ClusterInput input;
    private final Placements placements;
    private final HostReconciler reconciler;
    private final MigrationForecasts forecasts;
    private final List<Workflow> workflows = new ArrayList<>();
    private final CostQueue queue;
    private final VmOrders orders;
    private final HostMaintenance maintenance;
    private final SimulatedMachines machines;
    private final PowerManagement power;
    private final SimulatedAvailability availability;
    private final HaManagement ha;
    private final ManyMoves manyMoves;
    private ManyMoves.@Nullable Movers movers;
    private final InMemoryPowerStore powerStore = new InMemoryPowerStore();

    public SimulatedDatacenter() {
        this(new KitLoop());
    }

    private SimulatedDatacenter(KitLoop loop) {
        this(loop, new InMemoryTaskStore(loop));
    }

    public SimulatedDatacenter(KitLoop loop, InMemoryTaskStore tasks) {
        this.loop = loop;
        this.tasks = tasks;
        this.inventory = new Inventory(new InMemoryInventoryStore(transactions, loop), transactions);
        this.statistics = new Statistics(inventory, loop, Duration.ofSeconds(20));
        this.input = new ClusterInput(new DemandModels(statistics, new InMemoryDemandStore()), reservations, loop);
        this.placements = new Placements(inventory, input, reservations);
        this.forecasts = new MigrationForecasts(statistics, board);
        this.hosts = new SimulatedHosts(loop, List.of(ONE, TWO, THREE));
        this.orders = new VmOrders(hosts);
        this.queue = new CostQueue(new CostQueue.Limits(2, 8, 128), board);
        new TaskEvents(inventory, board);
        this.reconciler = new HostReconciler(inventory, loop, id -> {}, observed);
        observed.endWaitsBy(hosts, inventory);
        this.maintenance = new HostMaintenance(inventory, placements, loop);
        MoveQueue moves = new MoveQueue(inventory, queue);
        workflows.addAll(VmWorkflows.all(orders, new VmRecords(inventory), placements, observed));
        LiveMigration live = new LiveMigration(inventory, hosts, placements, reservations, observed, forecasts, loop);
        workflows.add(moves.before(live.workflow()));
        workflows.add(moves.before(new MigrationWithFiles(live).workflow()));
        workflows.add(moves.before(new ColdMoveWithFiles(inventory, orders, placements, reservations).workflow()));
        this.manyMoves = new ManyMoves(inventory, () -> Objects.requireNonNull(movers), loop, 2);
        workflows.add(manyMoves.workflow());
        workflows.add(Leftovers.workflow(hosts));
        workflows.add(new ColdMove(inventory, hosts, placements, reservations).workflow());
        workflows.add(moves.before(new StorageMove(inventory, orders).workflow()));
        workflows.addAll(maintenance.workflows());
        this.machines = new SimulatedMachines(inventory, reconciler, hosts);
        hosts.onPowerOff(machines::turnOff);
        this.availability = new SimulatedAvailability(inventory, loop);
        this.power = new PowerManagement(inventory, powerStore, machines, Runnable::run, availability.link());
        workflows.addAll(power.workflows(maintenance, placements, hosts));
        this.ha = availability.management();
        workflows.addAll(ha.workflows());
        fill();
    }

    private void fill() {
        InventoryTree tree = new InventoryTree(inventory);
        tree.createDatacenter("ada", "", "DC0", "");
        Cluster cluster = tree.createCluster("ada", "/DC0/host", "prod", "");
        for (HostId id : List.of(ONE, TWO, THREE)) {
            inventory.commit(InventoryWrite.builder()
                    .put(Host.create(id, "h" + id.number() % 10, cluster.id()))
                    .build());
            reconciler.connected(id, 1, "0.1");
            tell(id, GuestMachines.UNKNOWN);
        }
        hosts.datastore().put("tiny", SimulatedShapes.tiny());
    }

    /** A host tells what guests can be given there. */
    public void tell(HostId id, GuestMachines machines) {
        reconciler.described(id, SimulatedDescription.of(id, hosts.datastore().uuid(), machines));
    }

    public SimulatedMachines machines() {
        return machines;
    }

    /** What the hosts do for high availability. */
    public SimulatedAvailability availability() {
        return availability;
    }

    public InMemoryPowerStore powerStore() {
        return powerStore;
    }

    public KitLoop loop() {
        return loop;
    }

    public Inventory inventory() {
        return inventory;
    }

    public Statistics statistics() {
        return statistics;
    }

    public Reservations reservations() {
        return reservations;
    }

    public Placements placements() {
        return placements;
    }

    public InventorySnapshot snapshot() {
        return inventory.snapshot();
    }

    public SimulatedHosts hosts() {
        return hosts;
    }

    public HostReconciler reconciler() {
        return reconciler;
    }

    public Observed observed() {
        return observed;
    }

    public Workflow workflow(String kind) {
        return workflows.stream()
                .filter(workflow -> workflow.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    /** Both stores in one transaction. */
    public Atomic atomic() {
        return new Atomic() {
            @Override
            public <T> T run(Supplier<T> work) {
                return tasks.run(() -> transactions.inTransaction(work));
            }
        };
    }

    /** A server on this datacenter. */
    public Server server() {
        return new Server(tasks, atomic(), loop.surroundings());
    }

    /** The draft a use case would file, without filing it. */
    public TaskDraft draftOf(Function<Server, TaskView> useCase) {
        InMemoryTaskStore aside = new InMemoryTaskStore(loop);
        Surroundings nothingRuns = new Surroundings(work -> {}, loop, (delay, action) -> () -> {});
        return useCase.apply(new Server(aside, aside, nothingRuns)).task().draft();
    }

    /** What callers see, and a runner that drives it. */
    public final class Server {
        public final VirtualMachines vms;
        public final Migrations migrations;
        public final StorageMoves storageMoves;
        public final ManyMoves manyMoves;
        private final TaskRunner runner;
        private final Tasks facade;

        private Server(TaskStore store, Atomic atomic, Surroundings surroundings) {
            runner = new TaskRunner(
                    new TaskRunner.Settings("server", Duration.ofDays(30), 100, 100),
                    store,
                    atomic,
                    workflows,
                    Faults.reader(),
                    board,
                    surroundings);
            queue.wakeBy(runner::observed);
            facade = new Tasks(store, runner, board);
            vms = new VirtualMachines(inventory, facade);
            migrations = new Migrations(inventory, facade, placements, reservations, forecasts);
            storageMoves = new StorageMoves(inventory, facade);
            movers = new ManyMoves.Movers(facade, migrations, storageMoves);
            manyMoves = SimulatedDatacenter.this.manyMoves;
            runner.start();
            observed.ask(facade::isBusy);
            observed.tellStrangers(new Leftovers(inventory, facade)::observed);
        }

        public Tasks tasks() {
            return facade;
        }

        /** Load balancing of this server. */
        public Balancing balancing(PassStore passes) {
            return Balancing.of(inventory, input, new Balancing.Work(board, facade, migrations), passes, loop);
        }

        public Placements placements() {
            return placements;
        }

        /** Maintenance by this server, on the word of load balancing. */
        public HostMaintenance.Running maintenance(Balancing balancing) {
            return maintenance.run(balancing.input(), new HostMaintenance.Work(board, facade, migrations));
        }

        /** Hosts whose power was to be cut. */
        public final List<Host> fenced = new ArrayList<>();

        /** High availability by this server. */
        public HaManagement.Running ha() {
            return ha.run(facade, placements, reservations, fenced::add);
        }

        /** Power management by this server. */
        public PowerManagement.Running power(HostMaintenance.Running maintenance, Balancing balancing) {
            return power.run(
                    new SecretBox(Path.of("unused")), maintenance.face(), balancing.input(), placements, facade, loop);
        }

        /** Runs a task to its end. */
        public Task finish(TaskView view) {
            String id = view.task().id().toString();
            loop.runUntil(id + " ends", () -> facade.get(id).task().state().isEnd());
            return facade.get(id).task();
        }

        /** Runs a task that must succeed. */
        public Task succeed(TaskView view) {
            Task task = finish(view);
            if (task.state() != TaskState.SUCCEEDED) {
                throw new AssertionError(task.draft().kind() + " ended " + task.state() + ": "
                        + task.summary().fault());
            }
            return task;
        }

        /** Dies; what it drove stays in the store. */
        public void close() {
            runner.close();
        }
    }

    /** Every host tells what it knows, as after a reconnect, while no task is under way. */
    public void report() {
        Server server = server();
        for (HostId id : List.of(ONE, TWO, THREE)) {
            reconciler.inventory(id, hosts.observations(id));
        }
        server.tasks().list(new TaskQuery(null, true, null, 100)).forEach(server::finish);
        server.close();
    }

    /** VMs as the inventory has them, then directories and ledgers; without fence numbers. */
    public String state() {
        StringBuilder text = new StringBuilder();
        for (VirtualMachine vm : snapshot().objects(VirtualMachine.class)) {
            text.append("%s %s %s %s on %s, %s %s %d CPUs %s, draws %s %s of %s%n"
                    .formatted(
                            vm.id(),
                            snapshot().pathOf(vm.id()),
                            vm.template() ? "template" : "",
                            vm.powerState(),
                            vm.hostId(),
                            vm.datastoreId() + "/" + vm.directory(),
                            vm.vmxName(),
                            vm.config().cpuCount(),
                            vm.config().disks(),
                            vm.config().cpuAllocation(),
                            vm.config().memoryAllocation(),
                            vm.resourcePoolId()));
        }
        snapshot().objects(Cluster.class).forEach(each -> text.append("%s has %s%n".formatted(each.id(), each.ha())));
        snapshot().objects(Host.class).forEach(host -> text.append("%s is %s%n".formatted(host.id(), host.mode())));
        powerStore.hosts().stream()
                .sorted(Comparator.comparing(HostPowerSetup::hostId))
                .forEach(setup ->
                        text.append("%s by %s wakes: %s%n".formatted(setup.hostId(), setup.method(), setup.wakes())));
        return text + hosts.state();
    }

    /** One owner per VM, and no event of a task told twice. */
    public void checkInvariants() {
        hosts.checkInvariants();
        Set<String> told = new HashSet<>();
        for (Event event : inventory.events(EventQuery.after(0, EventQuery.LIMIT_MAX))) {
            if (!event.taskId().isEmpty() && !told.add(event.taskId() + " " + event.type() + " " + event.message())) {
                throw new AssertionError("told twice: " + event.message());
            }
        }
    }

    /** The larger datastore. */
    public Datastore datastore() {
        return snapshot().objects(Datastore.class).getFirst();
    }
}
