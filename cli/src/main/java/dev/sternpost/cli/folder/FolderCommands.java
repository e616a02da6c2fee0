package dev.sternpost.cli.folder;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Syntax;
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

    static final class Ls extends ServerVerb {
        String reference = "/";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List what is directly in a folder, or in any other object.")
                    .example("sternpost folder ls")
                    .example("sternpost folder ls /DC0/vm")
                    .example("sternpost folder ls cluster-1")
                    .optionalArgument(
                            "OBJECT", "Path, id or name. Default: the root folder.", text -> reference = text);
        }

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

    static final class Tree extends ServerVerb {
        String reference = "/";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Draw the inventory tree.")
                    .example("sternpost folder tree")
                    .example("sternpost folder tree /DC0/vm")
                    .optionalArgument(
                            "OBJECT",
                            "Where to begin: path, id or name. Default: the root folder.",
                            text -> reference = text);
        }

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

    static final class Create extends ServerVerb {
        String path = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Make a folder.")
                    .example("sternpost folder create /DC0/vm/web")
                    .argument(
                            "PATH",
                            "Path of the new folder; all before its last part must exist.",
                            text -> path = text);
        }

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

    static final class Rename extends ServerVerb {
        String folder = "";

        String name = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Give a folder a new name.")
                    .example("sternpost folder rename /DC0/vm/web front")
                    .argument("FOLDER", "Path or id.", text -> folder = text)
                    .argument("NAME", "The new name.", text -> name = text);
        }

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

    static final class Delete extends ServerVerb {
        String folder = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Delete an empty folder.")
                    .example("sternpost folder delete /DC0/vm/web")
                    .argument("FOLDER", "Path or id.", text -> folder = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            DeleteFolderRequest request =
                    DeleteFolderRequest.newBuilder().setFolder(folder).build();
            print(folder + " is deleted", session.call(() -> session.inventory().deleteFolder(request)));
            return ExitCode.DONE;
        }
    }

    static final class Move extends ServerVerb {
        String object = "";

        String folder = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Move a virtual machine or a folder into another folder of its datacenter.")
                    .example("sternpost folder move web-1 /DC0/vm/web")
                    .argument("OBJECT", "What to move (path, id or name).", text -> object = text)
                    .argument("FOLDER", "Where to (path or id).", text -> folder = text);
        }

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
