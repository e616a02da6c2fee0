package dev.sternpost.cli.datastore;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.datastore.v1.BrowseDatastoreRequest;
import dev.sternpost.proto.datastore.v1.Datastore;
import dev.sternpost.proto.datastore.v1.DatastoreFile;
import dev.sternpost.proto.datastore.v1.GetDatastoreRequest;
import dev.sternpost.proto.datastore.v1.ListDatastoresRequest;
import dev.sternpost.sdk.Pages;
import dev.sternpost.sdk.SternpostSession;
import java.util.List;

/** sternpost datastore ... */
public final class DatastoreCommands {
    private static final int PAGE_SIZE = 1_000;

    private DatastoreCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("datastore", "Places for the files of virtual machines.")
                .with("ls", Ls::new)
                .with("show", Show::new)
                .with("browse", Browse::new);
    }

    static final class Ls extends ServerVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List datastores.").example("sternpost datastore ls");
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            List<Datastore> datastores = Pages.all(
                    token -> session.call(() -> session.datastores()
                            .listDatastores(ListDatastoresRequest.newBuilder()
                                    .setPageSize(PAGE_SIZE)
                                    .setPageToken(token)
                                    .build())),
                    page -> page.getDatastoresList(),
                    page -> page.getNextPageToken());
            print(
                    new Table<Datastore>()
                            .column("NAME", Datastore::getName)
                            .column("ID", Datastore::getId)
                            .number("CAPACITY", datastore -> Sizes.format(datastore.getCapacityBytes()))
                            .number("FREE", datastore -> Sizes.format(datastore.getFreeBytes()))
                            .number("HOSTS", datastore -> String.valueOf(datastore.getHostIdsCount()))
                            .column("ACCESSIBLE", datastore -> datastore.getAccessible() ? "yes" : "no")
                            .column("STATUS", datastore -> Words.of(datastore.getStatus())),
                    datastores);
            return ExitCode.DONE;
        }
    }

    static final class Show extends ServerVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Show one datastore.")
                    .example("sternpost datastore show shared1")
                    .argument("DATASTORE", "Name, path, id or UUID.", text -> reference = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            GetDatastoreRequest request =
                    GetDatastoreRequest.newBuilder().setDatastore(reference).build();
            Datastore datastore = session.call(() -> session.datastores().getDatastore(request))
                    .getDatastore();
            print(properties(datastore), datastore);
            return ExitCode.DONE;
        }
    }

    private static Properties properties(Datastore datastore) {
        return new Properties()
                .with("Name", datastore.getName())
                .with("Id", datastore.getId())
                .with("Path", datastore.getPath())
                .with("UUID", datastore.getUuid())
                .with("Capacity", Sizes.format(datastore.getCapacityBytes()))
                .with("Free", Sizes.format(datastore.getFreeBytes()))
                .with("Accessible", datastore.getAccessible() ? "yes" : "no")
                .with("Hosts", String.join(", ", datastore.getHostIdsList()))
                .with("Status", Words.of(datastore.getStatus()))
                .with("Version", String.valueOf(datastore.getVersion()));
    }

    static final class Browse extends ServerVerb {
        String reference = "";

        String directory = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List the files in a directory of a datastore.")
                    .example("sternpost datastore browse shared1")
                    .example("sternpost datastore browse shared1 web-1")
                    .argument("DATASTORE", "Name, path, id or UUID.", text -> reference = text)
                    .optionalArgument(
                            "DIRECTORY", "Relative to the root. Default: the root.", text -> directory = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            BrowseDatastoreRequest request = BrowseDatastoreRequest.newBuilder()
                    .setDatastore(reference)
                    .setDirectory(directory)
                    .build();
            List<DatastoreFile> files = session.call(() -> session.datastores().browseDatastore(request))
                    .getFilesList();
            print(
                    new Table<DatastoreFile>()
                            .number("SIZE", file -> file.getDirectory() ? "" : Sizes.format(file.getSizeBytes()))
                            .number("TAKEN", file -> file.getDirectory() ? "" : Sizes.format(file.getAllocatedBytes()))
                            .column("PATH", file -> file.getPath() + (file.getDirectory() ? "/" : "")),
                    files);
            return ExitCode.DONE;
        }
    }
}
