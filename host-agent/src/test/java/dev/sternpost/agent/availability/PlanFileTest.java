package dev.sternpost.agent.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.endpoint.AvailabilityMessages;
import dev.sternpost.proto.agent.v1.AvailabilityConfig;
import dev.sternpost.proto.agent.v1.AvailabilityMode;
import dev.sternpost.proto.agent.v1.ProtectedVm;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanFileTest {
    @TempDir
    Path directory;

    private static Plan plan(int vms) {
        String datastore = UUID.randomUUID().toString();
        AvailabilityConfig.Builder config = AvailabilityConfig.newBuilder()
                .setClusterId("domain-c1")
                .setVersion(7)
                .setMode(AvailabilityMode.AVAILABILITY_MODE_ARMED)
                .setHeartbeatDatastoreUuid(datastore)
                .setTiming("default");
        for (int number = 1; number <= vms; number++) {
            config.addVms(ProtectedVm.newBuilder()
                    .setVmId("vm-" + number)
                    .setMemoryBytes(64L << 20)
                    .setPriority("medium")
                    .setIsolationResponse("leaveOn")
                    .setReadiness("poweredOn")
                    .setDatastoreUuid(datastore)
                    .setDirectory("a-virtual-machine-with-a-longer-name-" + number));
        }
        return AvailabilityMessages.plan(config.build().toByteArray());
    }

    @Test
    void a_cluster_of_ten_thousand_virtual_machines_is_kept() {
        PlanFile file = new PlanFile(directory, AvailabilityMessages::plan);
        Plan plan = plan(10_000);
        file.store(plan);
        assertThat(file.load().config().vms()).hasSize(10_000);
    }
}
