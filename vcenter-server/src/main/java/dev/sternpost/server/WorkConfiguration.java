package dev.sternpost.server;

import dev.sternpost.inventory.demand.DemandStore;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.server.certificate.CertificateAuthority;
import dev.sternpost.server.ha.HaManagement;
import dev.sternpost.server.host.CommandedHosts;
import dev.sternpost.server.host.HostAdmin;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostReconciler;
import dev.sternpost.server.host.Observed;
import dev.sternpost.server.maintenance.HostMaintenance;
import dev.sternpost.server.migration.ColdMove;
import dev.sternpost.server.migration.ColdMoveWithFiles;
import dev.sternpost.server.migration.Leftovers;
import dev.sternpost.server.migration.LiveMigration;
import dev.sternpost.server.migration.ManyMoves;
import dev.sternpost.server.migration.MigrationForecasts;
import dev.sternpost.server.migration.MigrationPromises;
import dev.sternpost.server.migration.MigrationWithFiles;
import dev.sternpost.server.migration.Migrations;
import dev.sternpost.server.migration.MoveQueue;
import dev.sternpost.server.migration.Moves;
import dev.sternpost.server.migration.StorageMove;
import dev.sternpost.server.migration.StorageMoves;
import dev.sternpost.server.placement.ClusterInput;
import dev.sternpost.server.placement.DemandModels;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.placement.PromisesUnderWay;
import dev.sternpost.server.power.PowerManagement;
import dev.sternpost.server.statistics.Statistics;
import dev.sternpost.server.virtualmachine.GuestAccess;
import dev.sternpost.server.virtualmachine.VirtualMachines;
import dev.sternpost.server.virtualmachine.VmOrders;
import dev.sternpost.server.virtualmachine.VmRecords;
import dev.sternpost.server.virtualmachine.VmWorkflows;
import dev.sternpost.server.work.CostQueue;
import dev.sternpost.server.work.Faults;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.server.work.TaskEvents;
import dev.sternpost.server.work.TaskLoop;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.enrolment.EnrolmentTokens;
import dev.sternpost.task.Atomic;
import dev.sternpost.task.TaskRunner;
import dev.sternpost.task.TaskStore;
import dev.sternpost.task.Workflow;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts tasks, their workflows and the use cases that file them together. */
@Configuration(proxyBeanMethods = false)
class WorkConfiguration {
    /** One server drives all tasks; replicas will each need a name of their own. */
    private static final String RUNNER_NAME = "server-1";

    @Bean
    TaskBoard taskBoard() {
        return new TaskBoard();
    }

    @Bean
    TaskEvents taskEvents(Inventory inventory, TaskBoard board) {
        return new TaskEvents(inventory, board);
    }

    @Bean
    TaskLoop taskLoop() {
        return new TaskLoop();
    }

    @Bean
    Reservations reservations(TaskBoard board) {
        return new Reservations(board);
    }

    @Bean
    DemandModels demandModels(Statistics statistics, DemandStore store) {
        return new DemandModels(statistics, store);
    }

    @Bean
    ClusterInput clusterInput(DemandModels demands, Reservations reservations, InstantSource clock) {
        return new ClusterInput(demands, reservations, clock);
    }

    @Bean
    Placements placements(Inventory inventory, ClusterInput input, Reservations reservations) {
        return new Placements(inventory, input, reservations);
    }

    @Bean
    MigrationForecasts migrationForecasts(Statistics statistics, TaskBoard board) {
        return new MigrationForecasts(statistics, board);
    }

    @Bean
    CostQueue costQueue(ServerSettings settings, TaskBoard board) {
        ServerSettings.Limit limit = settings.limit();
        return new CostQueue(
                new CostQueue.Limits(limit.migrationsPerHost(), limit.hostCost(), limit.datastoreCost()), board);
    }

    @Bean
    MoveQueue moveQueue(Inventory inventory, CostQueue queue) {
        return new MoveQueue(inventory, queue);
    }

    @Bean
    PromisesUnderWay promisesUnderWay(
            TaskStore store, Inventory inventory, Reservations reservations, MoveQueue moves) {
        return new PromisesUnderWay(
                store,
                inventory,
                reservations,
                List.of(VmWorkflows::promiseOf, MigrationPromises::promiseOf),
                moves::renew);
    }

    @Bean
    Observed observed() {
        return new Observed();
    }

    @Bean
    CommandedHosts commandedHosts(HostCommands hosts, TaskBoard board) {
        return new CommandedHosts(hosts, board);
    }

    @Bean
    VmOrders vmOrders(CommandedHosts commanded) {
        return new VmOrders(commanded.remembering());
    }

    @Bean
    Workflows workflows(
            Inventory inventory,
            CommandedHosts commanded,
            VmOrders orders,
            Placements placements,
            Reservations reservations,
            Observed observed,
            HostMaintenance maintenance,
            PowerManagement power,
            HaManagement ha,
            MigrationForecasts forecasts,
            MoveQueue moves,
            ManyMoves manyMoves,
            InstantSource clock) {
        HostCommands hosts = commanded.remembering();
        List<Workflow> all = new ArrayList<>(VmWorkflows.all(orders, new VmRecords(inventory), placements, observed));
        LiveMigration live = new LiveMigration(inventory, hosts, placements, reservations, observed, forecasts, clock);
        all.add(moves.before(live.workflow()));
        all.add(moves.before(new MigrationWithFiles(live).workflow()));
        all.add(moves.before(new ColdMoveWithFiles(inventory, orders, placements, reservations).workflow()));
        all.add(new ColdMove(inventory, hosts, placements, reservations).workflow());
        all.add(moves.before(new StorageMove(inventory, orders).workflow()));
        all.add(manyMoves.workflow());
        all.add(Leftovers.workflow(hosts));
        all.addAll(maintenance.workflows());
        all.addAll(power.workflows(maintenance, placements, hosts));
        all.addAll(ha.workflows());
        return new Workflows(all);
    }

    /** Every kind of task there is. */
    record Workflows(List<Workflow> all) {
        Workflows {
            all = List.copyOf(all);
        }
    }

    @Bean
    TaskRunner taskRunner(
            TaskStore store, Transactions transactions, Workflows workflows, TaskBoard board, TaskLoop loop) {
        return new TaskRunner(
                TaskRunner.Settings.of(RUNNER_NAME),
                store,
                atomic(transactions),
                workflows.all(),
                Faults.reader(),
                board,
                loop.surroundings());
    }

    private static Atomic atomic(Transactions transactions) {
        return new Atomic() {
            @Override
            public <T> T run(Supplier<T> work) {
                return transactions.inTransaction(work);
            }

            @Override
            public <T> T runShared(Supplier<T> work) {
                return transactions.inSharedTransaction(work);
            }
        };
    }

    @Bean
    Tasks tasks(TaskStore store, TaskRunner runner, TaskBoard board, CostQueue queue) {
        queue.wakeBy(runner::observed);
        return new Tasks(store, runner, board);
    }

    @Bean
    VirtualMachines virtualMachines(Inventory inventory, Tasks tasks) {
        return new VirtualMachines(inventory, tasks);
    }

    @Bean
    GuestAccess guestAccess(Inventory inventory, VmOrders orders) {
        return new GuestAccess(inventory, orders);
    }

    /** Told of tasks late: they are made from what the reconciler knows. */
    @Bean
    HostReconciler hostReconciler(
            Inventory inventory,
            InstantSource clock,
            Observed observed,
            HostCommands hosts,
            ObjectProvider<Tasks> tasks) {
        observed.ask(id -> tasks.getObject().isBusy(id));
        observed.endWaitsBy(hosts, inventory);
        observed.tellStrangers((host, vm) -> new Leftovers(inventory, tasks.getObject()).observed(host, vm));
        return new HostReconciler(inventory, clock, id -> tasks.getObject().observed(id), observed);
    }

    @Bean
    HostAdmin hostAdmin(
            Inventory inventory,
            EnrolmentTokens tokens,
            IdentityStore identities,
            InstantSource clock,
            CertificateAuthority authority,
            Placements placements,
            Tasks tasks) {
        return new HostAdmin(inventory, tokens, identities, clock, authority.fingerprint(), placements, tasks::isBusy);
    }

    /** Told of who moves VMs late: they are made from what knows its workflow. */
    @Bean
    ManyMoves manyMoves(
            Inventory inventory,
            ObjectProvider<ManyMoves.Movers> movers,
            InstantSource clock,
            ServerSettings settings) {
        return new ManyMoves(
                inventory, movers::getObject, clock, settings.limit().migrationsPerHost());
    }

    @Bean
    ManyMoves.Movers movers(Tasks tasks, Migrations migrations, StorageMoves storageMoves) {
        return new ManyMoves.Movers(tasks, migrations, storageMoves);
    }

    @Bean
    Moves moves(Migrations migrations, StorageMoves storageMoves, ManyMoves manyMoves) {
        return new Moves(migrations, storageMoves, manyMoves);
    }

    @Bean
    StorageMoves storageMoves(Inventory inventory, Tasks tasks) {
        return new StorageMoves(inventory, tasks);
    }

    @Bean
    Migrations migrations(
            Inventory inventory,
            Tasks tasks,
            Placements placements,
            Reservations reservations,
            MigrationForecasts forecasts) {
        return new Migrations(inventory, tasks, placements, reservations, forecasts);
    }
}
