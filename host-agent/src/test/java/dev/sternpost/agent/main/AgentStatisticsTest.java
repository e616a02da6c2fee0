package dev.sternpost.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.proto.agent.v1.ApplyAllocations;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.StatisticsReport;
import dev.sternpost.proto.agent.v1.VmAllocation;
import dev.sternpost.testkit.Await;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a whole agent measures and enforces. */
class AgentStatisticsTest extends AgentCase {

    @Test
    void what_its_virtual_machines_use_is_measured_in_the_rhythm_the_server_wants() {
        startAgent(authority.host("host-7", server.address()));
        run(create("task-1"));
        run(powerOn("task-2", 2));

        Await.until(
                "a sample of the VM", BOUND, () -> reports().stream().anyMatch(report -> report.getVmsCount() == 1));

        StatisticsReport report = reports().getLast();
        assertThat(report.getHost().getMemoryConsumedBytes()).isPositive();
        assertThat(report.getHost().getIntervalMs()).isBetween(90L, 10_000L);
        assertThat(report.getVms(0).getVmId()).isEqualTo("vm-1");
        assertThat(report.getVms(0).getCpuCount()).isEqualTo(1);
        assertThat(report.getVms(0).getMemoryBytes()).isEqualTo(64L << 20);
        assertThat(report.getVms(0).hasNetReceivedBytes()).isTrue();
        assertThat(report.getVms(0).hasCpuPressureUs()).isFalse();
    }

    @Test
    void what_a_virtual_machine_is_entitled_to_is_enforced_and_measured() {
        startAgent(authority.host("host-7", server.address()));
        run(create("task-1"));
        run(powerOn("task-2", 2));

        CommandResult result = run(Command.newBuilder()
                .setCommandId("allocate-1")
                .setApplyAllocations(ApplyAllocations.newBuilder()
                        .setValidForMs(60_000)
                        .setRevision(1)
                        .addAllocations(VmAllocation.newBuilder()
                                .setVmId("vm-1")
                                .setCpuLimitPermille(3)
                                .setCpuShares(2_000)))
                .build());

        assertThat(result.hasFault()).isFalse();
        Await.until(
                "the limit, not less than the least there is",
                BOUND,
                () -> reports().getLast().getVmsList().stream().anyMatch(vm -> vm.getCpuEntitledPermille() == 10));
    }

    @Test
    void a_server_that_was_away_gets_what_it_missed_oldest_first_and_once() throws Exception {
        startAgent(authority.host("host-7", server.address()));
        Await.until("some reports", BOUND, () -> reports().size() >= 3);
        server.stop();
        Await.until("the agent to notice", BOUND, () -> !agent().link().isConnected());
        long seen = reports().get(1).getSampleEpochMs();
        server.heard.clear();
        server.statisticsAfterEpochMillis = seen;
        Await.until(
                "more rounds",
                BOUND,
                () -> agent().statistics().reports().after(seen, 100).size() >= 5);
        List<Long> kept = agent().statistics().reports().after(seen, 5).stream()
                .map(dev.sternpost.agent.statistics.StatisticsReport::sampleEpochMillis)
                .toList();

        server.startAgain();

        Await.until("what was kept", BOUND, () -> reports().size() >= 5);
        assertThat(reports()).extracting(StatisticsReport::getSampleEpochMs).startsWith(kept.toArray(Long[]::new));
        assertThat(reports())
                .extracting(StatisticsReport::getSampleEpochMs)
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(reports().getFirst().getAgeMs()).isPositive();
    }

    private List<StatisticsReport> reports() {
        return server.heard.stream()
                .filter(ConnectRequest::hasStatisticsReport)
                .map(ConnectRequest::getStatisticsReport)
                .toList();
    }
}
