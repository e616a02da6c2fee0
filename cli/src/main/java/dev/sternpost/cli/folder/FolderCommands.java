package dev.sternpost.cli.folder;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.inventory.v1.CreateFolderRequest;
import dev.sternpost.proto.inventory.v1.DeleteFolderRequest;
import dev.sternpost.proto.inventory.v1.ListObjectsRequest;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.inventory.v1.MoveIntoFolderRequest;
import dev.sternpost.proto.inventory.v1.RenameFolderRequest;
import dev.sternpost.sdk.Pages;
import dev.sternpost.sdk.SternpostSession;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** sternpost folder ... */
public final class FolderCommands {
    private static final int PAGE_SIZE = 1_000;

    private FolderCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("folder", "The inventory tree: look at it, make folders, move things.")
                .with("ls", Ls::new)
                .with("tree", Tree::new)
                .with("create", Create::new)
                .with("rename", Rename::new)
                .with("delete", Delete::new)
                .with("move", Move::new);
    }

    /** All objects of the inventory, the root folder too. */
    private static List<ManagedObject> all(SternpostSession session) {
        return Pages.all(
                token -> session.call(() -> session.inventory()
                        .listObjects(ListObjectsRequest.newBuilder()
                                .setPageSize(PAGE_SIZE)
                                .setPageToken(token)
                                .build())),
                page -> page.getObjectsList(),
                page -> page.getNextPageToken());
    }

    @Command(
            name = "ls",
            description = "List what is directly in a folder, or in any other object.",
            footer = {"  sternpost folder ls", "  sternpost folder ls /DC0/vm", "  sternpost folder ls cluster-1"})
    static final class Ls extends ServerVerb {
        @Parameters(
                arity = "0..1",
                defaultValue = "/",
                paramLabel = "OBJECT",
                description = "Path, id or name. Default: the root folder.")
        String reference;

        @Override
        protected ExitCode run(SternpostSession session) {
            InventoryTree tree = new InventoryTree(all(session));
            ManagedObject top = find(session, tree, reference);
            List<ManagedObject> children = tree.children(top);
            print(
                    new Table<ManagedObject>()
                            .column("NAME", ManagedObject::getName)
                            .column("KIND", object -> Words.of(object.getKind()))
                            .column("ID", ManagedObject::getId)
                            .column("PATH", ManagedObject::getPath),
                    children);
            return ExitCode.DONE;
        }
    }

    private static ManagedObject find(SternpostSession session, InventoryTree tree, String reference) {
        if (reference.equals("/")) {
            return tree.root();
        }
        return session.call(() -> session.inventory()
                        .getObject(dev.sternpost.proto.inventory.v1.GetObjectRequest.newBuilder()
                                .setObject(reference)
                                .build()))
                .getObject();
    }

    @Command(
            name = "tree",
            description = "Draw the inventory tree.",
            footer = {"  sternpost folder tree", "  sternpost folder tree /DC0/vm"})
    static final class Tree extends ServerVerb {
        @Parameters(
                arity = "0..1",
                defaultValue = "/",
                paramLabel = "OBJECT",
                description = "Where to begin: path, id or name. Default: the root folder.")
        String reference;

        @Override
        protected ExitCode run(SternpostSession session) {
            InventoryTree tree = new InventoryTree(all(session));
            ManagedObject top = find(session, tree, reference);
            if (forPeople()) {
                tree.draw(shell().out(), top);
            } else {
                print(new Table<>(), tree.below(top));
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "create",
            description = "Make a folder.",
            footer = {"  sternpost folder create /DC0/vm/web"})
    static final class Create extends ServerVerb {
        @Parameters(paramLabel = "PATH", description = "Path of the new folder; all before its last part must exist.")
        String path;

        @Override
        protected ExitCode run(SternpostSession session) {
            int slash = path.lastIndexOf('/');
            if (slash < 0 || slash == path.length() - 1) {
                throw new CommandFailure(
                        ExitCode.USAGE, "\"%s\" is no path of a folder; write it like /DC0/vm/web".formatted(path));
            }
            CreateFolderRequest request = CreateFolderRequest.newBuilder()
                    .setParent(slash == 0 ? "/" : path.substring(0, slash))
                    .setName(path.substring(slash + 1))
                    .build();
            ManagedObject made = session.call(() -> session.inventory().createFolder(request))
                    .getFolder();
            print("%s is made: %s".formatted(made.getPath(), made.getId()), made);
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "rename",
            description = "Give a folder a new name.",
            footer = {"  sternpost folder rename /DC0/vm/web front"})
    static final class Rename extends ServerVerb {
        @Parameters(index = "0", paramLabel = "FOLDER", description = "Path or id.")
        String folder;

        @Parameters(index = "1", paramLabel = "NAME", description = "The new name.")
        String name;

        @Override
        protected ExitCode run(SternpostSession session) {
            RenameFolderRequest request = RenameFolderRequest.newBuilder()
                    .setFolder(folder)
                    .setName(name)
                    .build();
            ManagedObject renamed = session.call(() -> session.inventory().renameFolder(request))
                    .getFolder();
            print("%s is %s now".formatted(folder, renamed.getPath()), renamed);
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "delete",
            description = "Delete an empty folder.",
            footer = {"  sternpost folder delete /DC0/vm/web"})
    static final class Delete extends ServerVerb {
        @Parameters(paramLabel = "FOLDER", description = "Path or id.")
        String folder;

        @Override
        protected ExitCode run(SternpostSession session) {
            DeleteFolderRequest request =
                    DeleteFolderRequest.newBuilder().setFolder(folder).build();
            print(folder + " is deleted", session.call(() -> session.inventory().deleteFolder(request)));
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "move",
            description = "Move a virtual machine or a folder into another folder of its datacenter.",
            footer = {"  sternpost folder move web-1 /DC0/vm/web"})
    static final class Move extends ServerVerb {
        @Parameters(index = "0", paramLabel = "OBJECT", description = "What to move (path, id or name).")
        String object;

        @Parameters(index = "1", paramLabel = "FOLDER", description = "Where to (path or id).")
        String folder;

        @Override
        protected ExitCode run(SternpostSession session) {
            MoveIntoFolderRequest request = MoveIntoFolderRequest.newBuilder()
                    .setFolder(folder)
                    .setObject(object)
                    .build();
            ManagedObject moved = session.call(() -> session.inventory().moveIntoFolder(request))
                    .getObject();
            print("%s is %s now".formatted(object, moved.getPath()), moved);
            return ExitCode.DONE;
        }
    }
}
