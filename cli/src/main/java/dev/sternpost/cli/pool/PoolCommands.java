package dev.sternpost.cli.pool;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.resourcepool.v1.CreateResourcePoolRequest;
import dev.sternpost.proto.resourcepool.v1.DeleteResourcePoolRequest;
import dev.sternpost.proto.resourcepool.v1.GetResourcePoolRequest;
import dev.sternpost.proto.resourcepool.v1.ListResourcePoolsRequest;
import dev.sternpost.proto.resourcepool.v1.ListResourcePoolsResponse;
import dev.sternpost.proto.resourcepool.v1.MoveIntoResourcePoolRequest;
import dev.sternpost.proto.resourcepool.v1.PoolAllocation;
import dev.sternpost.proto.resourcepool.v1.ResourceAllocation;
import dev.sternpost.proto.resourcepool.v1.ResourcePool;
import dev.sternpost.proto.resourcepool.v1.UpdateResourcePoolRequest;
import dev.sternpost.sdk.Pages;
import dev.sternpost.sdk.SternpostSession;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** sternpost pool ... */
public final class PoolCommands {
    private static final int PAGE_SIZE = 1_000;

    private PoolCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("pool", "Resource pools: shares of a cluster's capacity.")
                .with("ls", Ls::new)
                .with("show", Show::new)
                .with("create", Create::new)
                .with("set", Update::new)
                .with("delete", Delete::new)
                .with("add-vm", AddVm::new);
    }

    private static Properties properties(ResourcePool pool) {
        return new Properties()
                .with("Name", pool.getName())
                .with("Id", pool.getId())
                .with("Path", pool.getPath())
                .withAny("CPU", pool(AllocationWords.cpu(pool.getCpu().getAmounts()), pool.getCpu()))
                .withAny("Memory", pool(AllocationWords.memory(pool.getMemory().getAmounts()), pool.getMemory()))
                .with("Promised inside", promised(pool))
                .with("VMs", String.valueOf(pool.getVmCount()))
                .with("Pools", String.valueOf(pool.getPoolCount()))
                .with("Version", String.valueOf(pool.getVersion()));
    }

    private static String pool(String words, PoolAllocation allocation) {
        return words.isEmpty() ? "" : words + (allocation.getExpandable() ? ", expandable" : ", not expandable");
    }

    private static String promised(ResourcePool pool) {
        return "%d MHz, %s".formatted(pool.getCpuPromisedMhz(), Sizes.format(pool.getMemoryPromisedBytes()));
    }

    static final class Ls extends ServerVerb {
        String parent = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List resource pools.")
                    .example("sternpost pool ls")
                    .option("--in", "OBJECT", "Only below this cluster, folder or pool.", text -> parent = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            print(
                    new Table<ResourcePool>()
                            .column("NAME", ResourcePool::getName)
                            .column("ID", ResourcePool::getId)
                            .number(
                                    "CPU RESERVED",
                                    pool -> pool.getCpu().getAmounts().getReservation() + " MHz")
                            .number("CPU SHARES", pool -> shares(pool.getCpu()))
                            .number(
                                    "MEMORY RESERVED",
                                    pool -> Sizes.format(
                                            pool.getMemory().getAmounts().getReservation()))
                            .number("MEMORY SHARES", pool -> shares(pool.getMemory()))
                            .column("PROMISED INSIDE", PoolCommands::promised)
                            .number("VMS", pool -> String.valueOf(pool.getVmCount()))
                            .column("PATH", ResourcePool::getPath),
                    Pages.all(
                            token -> page(session, token),
                            page -> page.getPoolsList(),
                            page -> page.getNextPageToken()));
            return ExitCode.DONE;
        }

        private static String shares(PoolAllocation allocation) {
            ResourceAllocation amounts = allocation.getAmounts();
            return "%s (%d)".formatted(Words.of(amounts.getSharesLevel()), amounts.getShares());
        }

        private ListResourcePoolsResponse page(SternpostSession session, String token) {
            ListResourcePoolsRequest request = ListResourcePoolsRequest.newBuilder()
                    .setPageSize(PAGE_SIZE)
                    .setPageToken(token)
                    .setParent(parent)
                    .build();
            return session.call(() -> session.resourcePools().listResourcePools(request));
        }
    }

    static final class Show extends ServerVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Show one resource pool.")
                    .example("sternpost pool show web")
                    .argument("POOL", "Name, path or id.", text -> reference = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            GetResourcePoolRequest request =
                    GetResourcePoolRequest.newBuilder().setPool(reference).build();
            ResourcePool pool = session.call(() -> session.resourcePools().getResourcePool(request))
                    .getPool();
            print(properties(pool), pool);
            return ExitCode.DONE;
        }
    }

    /** What making and changing a pool have in common. */
    private abstract static class Shaping extends ServerVerb {
        private final AllocationOptions allocation = new AllocationOptions();
        private @Nullable Boolean cpuExpandable;
        private @Nullable Boolean memoryExpandable;

        final void declareAllocation(Syntax syntax) {
            allocation.declare(syntax);
            syntax.option(
                            "--cpu-expandable",
                            "YES|NO",
                            "Whether CPU reservations inside may borrow from the parent.",
                            text -> cpuExpandable = Values.choice(YesNo.class, text) == YesNo.yes)
                    .option(
                            "--memory-expandable",
                            "YES|NO",
                            "The same for memory.",
                            text -> memoryExpandable = Values.choice(YesNo.class, text) == YesNo.yes);
        }

        final PoolAllocation cpu() {
            return of(allocation.cpu(), cpuExpandable);
        }

        final PoolAllocation memory() {
            return of(allocation.memory(), memoryExpandable);
        }

        private static PoolAllocation of(ResourceAllocation amounts, @Nullable Boolean expandable) {
            PoolAllocation.Builder allocation = PoolAllocation.newBuilder().setAmounts(amounts);
            return expandable == null
                    ? allocation.build()
                    : allocation.setExpandable(expandable).build();
        }
    }

    /** What the options about expandable reservations take. */
    enum YesNo {
        yes,
        no
    }

    static final class Create extends Shaping {
        String name = "";

        String parent = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Make a resource pool.")
                    .example("sternpost pool create web --cpu-reservation 2000 --cpu-shares high")
                    .example("sternpost pool create front --in web --memory-limit 4G")
                    .argument("NAME", "Name of the new pool.", text -> name = text)
                    .option(
                            "--in",
                            "OBJECT",
                            "Pool or cluster (name, path or id). Default: the only cluster.",
                            text -> parent = text);
            declareAllocation(syntax);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            CreateResourcePoolRequest request = CreateResourcePoolRequest.newBuilder()
                    .setName(name)
                    .setParent(parent)
                    .setCpu(cpu())
                    .setMemory(memory())
                    .build();
            ResourcePool made = session.call(() -> session.resourcePools().createResourcePool(request))
                    .getPool();
            print("%s is made: %s".formatted(made.getPath(), made.getId()), made);
            return ExitCode.DONE;
        }
    }

    static final class Update extends Shaping {
        String reference = "";

        String name = "";

        String parent = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Change what a resource pool gets, its name or its parent; what is not named stays.")
                    .example("sternpost pool set web --cpu-limit none --cpu-shares 6000")
                    .example("sternpost pool set front --move-to back --name front-2")
                    .argument("POOL", "Name, path or id.", text -> reference = text)
                    .option("--name", "NAME", "The new name.", text -> name = text)
                    .option("--move-to", "POOL", "The new parent (name, path or id).", text -> parent = text);
            declareAllocation(syntax);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            UpdateResourcePoolRequest request = UpdateResourcePoolRequest.newBuilder()
                    .setPool(reference)
                    .setName(name)
                    .setParent(parent)
                    .setCpu(cpu())
                    .setMemory(memory())
                    .build();
            ResourcePool changed = session.call(() -> session.resourcePools().updateResourcePool(request))
                    .getPool();
            print(properties(changed), changed);
            return ExitCode.DONE;
        }
    }

    static final class Delete extends ServerVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Delete a resource pool; what is in it goes to its parent.")
                    .example("sternpost pool delete web")
                    .argument("POOL", "Name, path or id.", text -> reference = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            DeleteResourcePoolRequest request =
                    DeleteResourcePoolRequest.newBuilder().setPool(reference).build();
            print(
                    reference + " is deleted",
                    session.call(() -> session.resourcePools().deleteResourcePool(request)));
            return ExitCode.DONE;
        }
    }

    static final class AddVm extends ServerVerb {
        String reference = "";

        List<String> vms = new ArrayList<>();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Let virtual machines draw from a resource pool; they may be running.")
                    .example("sternpost pool add-vm web web-1 web-2")
                    .argument("POOL", "Name, path or id.", text -> reference = text)
                    .arguments("VM", "Name, path, id or UUID.", vms::add);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            MoveIntoResourcePoolRequest request = MoveIntoResourcePoolRequest.newBuilder()
                    .setPool(reference)
                    .addAllVms(vms)
                    .build();
            ResourcePool pool = session.call(() -> session.resourcePools().moveIntoResourcePool(request))
                    .getPool();
            print("%s: draw from %s now".formatted(String.join(", ", vms), pool.getPath()), pool);
            return ExitCode.DONE;
        }
    }
}
