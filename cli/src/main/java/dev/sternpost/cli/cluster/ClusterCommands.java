package dev.sternpost.cli.cluster;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.cluster.v1.Cluster;
import dev.sternpost.proto.cluster.v1.CreateClusterRequest;
import dev.sternpost.proto.cluster.v1.DeleteClusterRequest;
import dev.sternpost.proto.cluster.v1.GetClusterRequest;
import dev.sternpost.proto.cluster.v1.ListClustersRequest;
import dev.sternpost.proto.inventory.v1.ListObjectsRequest;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import dev.sternpost.sdk.Pages;
import dev.sternpost.sdk.SternpostSession;
import java.util.List;

/** sternpost cluster ... */
public final class ClusterCommands {
    private static final int PAGE_SIZE = 1_000;

    private ClusterCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("cluster", "Groups of hosts that share virtual machines, datastores and networks.")
                .with("ls", Ls::new)
                .with("show", Show::new)
                .with("create", Create::new)
                .with("delete", Delete::new)
                .with("set", ClusterCpu.Set::new)
                .with("cpu-levels", ClusterCpu.Levels::new)
                .with("drs", ClusterDrs::new)
                .with("drs-override", ClusterDrs.OfVm::new)
                .with("power", ClusterPowerSettings::new)
                .with("rules", ClusterRuleCommands.Ls::new)
                .with("rule-add", ClusterRuleCommands.Add::new)
                .with("rule-set", ClusterRuleCommands.Update::new)
                .with("rule-remove", ClusterRuleCommands.Remove::new)
                .with("group-set", ClusterRuleCommands.PutGroup::new)
                .with("group-remove", ClusterRuleCommands.RemoveGroup::new);
    }

    static final class Ls extends ServerVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List clusters.").example("sternpost cluster ls");
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            List<Cluster> clusters = Pages.all(
                    token -> session.call(() -> session.clusters()
                            .listClusters(ListClustersRequest.newBuilder()
                                    .setPageSize(PAGE_SIZE)
                                    .setPageToken(token)
                                    .build())),
                    page -> page.getClustersList(),
                    page -> page.getNextPageToken());
            print(
                    new Table<Cluster>()
                            .column("NAME", Cluster::getName)
                            .column("ID", Cluster::getId)
                            .number("HOSTS", cluster -> String.valueOf(cluster.getHostIdsCount()))
                            .number("VMS", cluster -> String.valueOf(cluster.getVmCount()))
                            .number("CPU", cluster -> cluster.getTotalCpuMhz() + " MHz")
                            .number("MEMORY", cluster -> Sizes.format(cluster.getTotalMemoryBytes()))
                            .column("STATUS", cluster -> Words.of(cluster.getStatus()))
                            .column("PATH", Cluster::getPath),
                    clusters);
            return ExitCode.DONE;
        }
    }

    static final class Show extends ServerVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Show one cluster.")
                    .example("sternpost cluster show cluster-1")
                    .argument("CLUSTER", "Name, path or id.", text -> reference = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            Cluster cluster = get(session, reference);
            print(properties(cluster), cluster);
            return ExitCode.DONE;
        }
    }

    static Cluster get(SternpostSession session, String reference) {
        GetClusterRequest request =
                GetClusterRequest.newBuilder().setCluster(reference).build();
        return session.call(() -> session.clusters().getCluster(request)).getCluster();
    }

    private static Properties properties(Cluster cluster) {
        Properties lines = new Properties()
                .with("Name", cluster.getName())
                .with("Id", cluster.getId())
                .with("Path", cluster.getPath())
                .with("Status", Words.of(cluster.getStatus()))
                .with("Hosts", String.join(", ", cluster.getHostIdsList()))
                .with("VMs", String.valueOf(cluster.getVmCount()))
                .with("CPU", cluster.getTotalCpuMhz() + " MHz")
                .with("Memory", Sizes.format(cluster.getTotalMemoryBytes()))
                .with("Resource pool", cluster.getRootResourcePoolId())
                .with("Load balancing", ClusterDrs.describe(cluster.getDrs()))
                .with("Rules", String.valueOf(cluster.getRuleCount()));
        return ClusterCpu.lines(lines, cluster.getCpuBaseline()).with("Version", String.valueOf(cluster.getVersion()));
    }

    static final class Create extends ServerVerb {
        String name = "";

        String folder = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Make an empty cluster.")
                    .example("sternpost cluster create cluster-2")
                    .example("sternpost cluster create prod --in /DC0/host")
                    .argument("NAME", "Name of the new cluster.", text -> name = text)
                    .option(
                            "--in",
                            "FOLDER",
                            "Host folder (path or id). Default: that of the only datacenter.",
                            text -> folder = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            CreateClusterRequest request = CreateClusterRequest.newBuilder()
                    .setFolder(folder.isEmpty() ? onlyHostFolder(session) : folder)
                    .setName(name)
                    .build();
            Cluster made = session.call(() -> session.clusters().createCluster(request))
                    .getCluster();
            print("%s is made: %s".formatted(made.getPath(), made.getId()), made);
            return ExitCode.DONE;
        }

        private static String onlyHostFolder(SternpostSession session) {
            ListObjectsRequest request = ListObjectsRequest.newBuilder()
                    .addKinds(ObjectKind.OBJECT_KIND_DATACENTER)
                    .build();
            List<ManagedObject> datacenters =
                    session.call(() -> session.inventory().listObjects(request)).getObjectsList();
            if (datacenters.size() != 1) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "there are %d datacenters; say in which host folder: --in FOLDER"
                                .formatted(datacenters.size()));
            }
            return datacenters.getFirst().getDatacenter().getHostFolderId();
        }
    }

    static final class Delete extends ServerVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Delete an empty cluster.")
                    .example("sternpost cluster delete cluster-2")
                    .argument("CLUSTER", "Name, path or id.", text -> reference = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            DeleteClusterRequest request =
                    DeleteClusterRequest.newBuilder().setCluster(reference).build();
            print(
                    reference + " is deleted",
                    session.call(() -> session.clusters().deleteCluster(request)));
            return ExitCode.DONE;
        }
    }
}
