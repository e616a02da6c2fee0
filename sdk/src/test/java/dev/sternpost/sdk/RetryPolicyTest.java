package dev.sternpost.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.sternpost.proto.cluster.v1.ClusterRuleServiceOuterClass;
import dev.sternpost.proto.cluster.v1.ClusterServiceOuterClass;
import dev.sternpost.proto.datastore.v1.DatastoreServiceOuterClass;
import dev.sternpost.proto.drs.v1.DrsServiceOuterClass;
import dev.sternpost.proto.event.v1.EventServiceOuterClass;
import dev.sternpost.proto.ha.v1.HaServiceOuterClass;
import dev.sternpost.proto.host.v1.HostMaintenanceServiceOuterClass;
import dev.sternpost.proto.host.v1.HostServiceOuterClass;
import dev.sternpost.proto.inventory.v1.InventoryServiceOuterClass;
import dev.sternpost.proto.network.v1.NetworkServiceOuterClass;
import dev.sternpost.proto.power.v1.PowerServiceOuterClass;
import dev.sternpost.proto.resourcepool.v1.ResourcePoolServiceOuterClass;
import dev.sternpost.proto.session.v1.SessionServiceOuterClass;
import dev.sternpost.proto.statistics.v1.StatisticsServiceOuterClass;
import dev.sternpost.proto.task.v1.TaskServiceOuterClass;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineServiceOuterClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final List<FileDescriptor> FILES = List.of(
            SessionServiceOuterClass.getDescriptor(),
            InventoryServiceOuterClass.getDescriptor(),
            VirtualMachineServiceOuterClass.getDescriptor(),
            HostMaintenanceServiceOuterClass.getDescriptor(),
            HostServiceOuterClass.getDescriptor(),
            ClusterServiceOuterClass.getDescriptor(),
            ClusterRuleServiceOuterClass.getDescriptor(),
            ResourcePoolServiceOuterClass.getDescriptor(),
            DatastoreServiceOuterClass.getDescriptor(),
            DrsServiceOuterClass.getDescriptor(),
            NetworkServiceOuterClass.getDescriptor(),
            HaServiceOuterClass.getDescriptor(),
            PowerServiceOuterClass.getDescriptor(),
            StatisticsServiceOuterClass.getDescriptor(),
            TaskServiceOuterClass.getDescriptor(),
            EventServiceOuterClass.getDescriptor());
    private static final List<String> READS =
            List.of("Get", "List", "Find", "Query", "Wait", "Explain", "Browse", "Read", "Capture");

    @Test
    void every_public_service_of_the_contract_is_looked_at() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("..", "proto", "src", "main", "proto", "sternpost"))) {
            assertThat(files.filter(file -> file.toString().endsWith("_service.proto"))
                            .filter(file -> !file.toString().contains("/agent/"))
                            .map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(FILES.stream()
                            .map(file -> Path.of(file.getName()).getFileName().toString())
                            .toList());
        }
    }

    @Test
    void exactly_reads_and_writes_with_a_request_id_are_sent_again() {
        Set<String> wanted = new HashSet<>();
        for (FileDescriptor file : FILES) {
            for (ServiceDescriptor service : file.getServices()) {
                for (MethodDescriptor method : service.getMethods()) {
                    if (!method.isServerStreaming() && (isRead(method) || hasRequestId(method))) {
                        wanted.add(service.getFullName() + "/" + method.getName());
                    }
                }
            }
        }
        Set<String> listed = new HashSet<>();
        RetryPolicy.METHODS.forEach(
                (service, methods) -> methods.forEach(method -> listed.add("sternpost." + service + "/" + method)));

        assertThat(listed).containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Test
    void no_request_with_a_request_id_is_skipped_for_its_name() {
        for (FileDescriptor file : FILES) {
            for (ServiceDescriptor service : file.getServices()) {
                for (MethodDescriptor method : service.getMethods()) {
                    if (hasRequestId(method)) {
                        assertThat(RetryPolicy.mayCarryRequestId(
                                        method.getInputType().getName()))
                                .as(method.getFullName())
                                .isTrue();
                    }
                }
            }
        }
    }

    private static boolean hasRequestId(MethodDescriptor method) {
        return method.getInputType().findFieldByName("request_id") != null;
    }

    private static boolean isRead(MethodDescriptor method) {
        return READS.stream().anyMatch(verb -> method.getName().startsWith(verb));
    }
}
