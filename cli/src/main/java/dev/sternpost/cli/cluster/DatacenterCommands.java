package dev.sternpost.cli.cluster;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.proto.inventory.v1.CreateDatacenterRequest;
import dev.sternpost.proto.inventory.v1.DeleteDatacenterRequest;
import dev.sternpost.proto.inventory.v1.ListObjectsRequest;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import dev.sternpost.proto.inventory.v1.RenameDatacenterRequest;
import dev.sternpost.sdk.SternpostSession;

/** sternpost datacenter ... */
public final class DatacenterCommands {
    private static final int PAGE_SIZE = 1_000;

    private DatacenterCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("datacenter", "The tops of the inventory tree.")
                .with("ls", Ls::new)
                .with("create", Create::new)
                .with("rename", Rename::new)
                .with("delete", Delete::new);
    }

    static final class Ls extends ServerVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List datacenters.").example("sternpost datacenter ls");
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            ListObjectsRequest request = ListObjectsRequest.newBuilder()
                    .addKinds(ObjectKind.OBJECT_KIND_DATACENTER)
                    .setPageSize(PAGE_SIZE)
                    .build();
            print(
                    new Table<ManagedObject>()
                            .column("NAME", ManagedObject::getName)
                            .column("ID", ManagedObject::getId)
                            .column("PATH", ManagedObject::getPath),
                    session.call(() -> session.inventory().listObjects(request)).getObjectsList());
            return ExitCode.DONE;
        }
    }

    static final class Rename extends ServerVerb {
        String datacenter = "";

        String name = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Give a datacenter a new name.")
                    .example("sternpost datacenter rename DC1 berlin")
                    .argument("DATACENTER", "Name, path or id.", text -> datacenter = text)
                    .argument("NAME", "The new name.", text -> name = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            RenameDatacenterRequest request = RenameDatacenterRequest.newBuilder()
                    .setDatacenter(datacenter)
                    .setName(name)
                    .build();
            ManagedObject renamed = session.call(() -> session.inventory().renameDatacenter(request))
                    .getDatacenter();
            print("%s is %s now".formatted(datacenter, renamed.getPath()), renamed);
            return ExitCode.DONE;
        }
    }

    static final class Delete extends ServerVerb {
        String datacenter = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Delete a datacenter that holds no virtual machine, host, cluster or folder any more.")
                    .example("sternpost datacenter delete DC1")
                    .argument("DATACENTER", "Name, path or id.", text -> datacenter = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            DeleteDatacenterRequest request = DeleteDatacenterRequest.newBuilder()
                    .setDatacenter(datacenter)
                    .build();
            print(
                    datacenter + " is deleted",
                    session.call(() -> session.inventory().deleteDatacenter(request)));
            return ExitCode.DONE;
        }
    }

    static final class Create extends ServerVerb {
        String name = "";

        String folder = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Make a datacenter with its four folders.")
                    .example("sternpost datacenter create DC1")
                    .argument("NAME", "Name of the new datacenter.", text -> name = text)
                    .option(
                            "--in",
                            "FOLDER",
                            "Folder of datacenters. Default: the root folder.",
                            text -> folder = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            CreateDatacenterRequest request = CreateDatacenterRequest.newBuilder()
                    .setFolder(folder)
                    .setName(name)
                    .build();
            ManagedObject made = session.call(() -> session.inventory().createDatacenter(request))
                    .getDatacenter();
            print("%s is made: %s".formatted(made.getPath(), made.getId()), made);
            return ExitCode.DONE;
        }
    }
}
