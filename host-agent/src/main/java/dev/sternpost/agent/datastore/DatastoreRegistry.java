package dev.sternpost.agent.datastore;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The datastores of a host. */
public final class DatastoreRegistry {

    private static final long LOOK_MILLIS_MAX = 5000;

    private final List<Datastore> datastores;

    /**
     * @param pathsByName from the host's configuration, in its order; a directory that is not there is reported as not
     *     accessible and looked for again each time
     */
    public DatastoreRegistry(Map<String, Path> pathsByName) {
        this.datastores = new LinkedHashMap<>(pathsByName)
                .entrySet().stream()
                        .map(entry -> new Datastore(entry.getKey(), entry.getValue()))
                        .toList();
    }

    /** All of them as they are now. One that hangs is reported as not accessible after 5 s. */
    public List<DatastoreFacts> facts() {
        List<CompletableFuture<DatastoreFacts>> looks = new ArrayList<>();
        for (Datastore datastore : datastores) {
            looks.add(CompletableFuture.supplyAsync(
                            datastore::facts,
                            task -> Thread.ofVirtual().name("datastore-look").start(task))
                    .completeOnTimeout(
                            new DatastoreFacts(
                                    "", datastore.name(), 0, 0, false, "no answer within " + LOOK_MILLIS_MAX + " ms"),
                            LOOK_MILLIS_MAX,
                            TimeUnit.MILLISECONDS));
        }
        return looks.stream().map(CompletableFuture::join).toList();
    }

    /**
     * The datastore with that identity.
     *
     * @throws FaultException DATASTORE_INACCESSIBLE when this host does not see it
     */
    public Datastore byUuid(String uuid) {
        for (Datastore datastore : datastores) {
            if (identityOf(datastore).filter(uuid::equals).isPresent()) {
                return datastore;
            }
        }
        throw new FaultException(
                FaultCode.DATASTORE_INACCESSIBLE,
                "This host does not see datastore " + uuid.replaceAll("[^0-9a-fA-F-]", "?")
                        + "; check the host's datastores and their mounts.");
    }

    /** All of them. */
    public List<Datastore> all() {
        return datastores;
    }

    private static Optional<String> identityOf(Datastore datastore) {
        CompletableFuture<String> look = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return datastore.identity().toString();
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofVirtual().name("datastore-look").start(task));
        try {
            return Optional.of(look.get(LOOK_MILLIS_MAX, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
