package dev.sternpost.agent.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.availability.store.DirectorySlotStore;
import dev.sternpost.agent.availability.store.SlotStore;
import dev.sternpost.agent.datastore.Datastore;
import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.timing.HaTiming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeartbeatSlotsTest {
    @TempDir
    Path root;

    private HeartbeatSlots slots = new HeartbeatSlots(new DatastoreRegistry(Map.of()), this::plan);

    private Plan plan() {
        return new Plan(
                "domain-c1",
                Plan.Mode.ARMED,
                uuid,
                ClusterConfig.of(1, HaTiming.DEFAULT, List.of(), List.of()),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(),
                List.of(),
                new Plan.Source(new byte[0]));
    }

    private String uuid = "";

    @BeforeEach
    void mount() throws IOException {
        DatastoreRegistry datastores = new DatastoreRegistry(Map.of("shared1", root));
        uuid = datastores.facts().getFirst().uuid();
        slots = new HeartbeatSlots(datastores, this::plan);
    }

    /** What a read or write of a store there says. */
    private void lookAt(SlotStore store) {
        try {
            store.read("host-1");
            slots.told(null);
        } catch (IOException e) {
            slots.told(e);
        }
    }

    @Test
    void a_directory_that_somebody_deletes_is_made_anew() throws Exception {
        Path directory = slots.await();
        Files.delete(directory);
        SlotStore store = new DirectorySlotStore(directory);
        lookAt(store);
        assertThat(slots.problem()).isEqualTo(directory + " is not there");
        lookAt(store);
        assertThat(slots.problem()).isEmpty();
    }

    @Test
    void what_is_not_the_datastore_any_more_is_left_alone() throws Exception {
        Path directory = slots.await();
        Files.delete(directory);
        Files.delete(directory.getParent());
        Files.writeString(root.resolve(Datastore.IDENTITY_FILE), "00000000-0000-4000-8000-000000000009\n");
        lookAt(new DirectorySlotStore(directory));
        assertThat(directory).doesNotExist();
        assertThat(slots.problem()).contains("does not see datastore");
    }
}
