package dev.sternpost.server.agentlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.proto.agent.v1.ApplyAllocations;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.HostFacts;
import dev.sternpost.proto.agent.v1.HostSample;
import dev.sternpost.proto.agent.v1.StatisticsReport;
import dev.sternpost.proto.agent.v1.VmSample;
import dev.sternpost.proto.agent.v1.Welcome;
import dev.sternpost.server.JsonClient;
import dev.sternpost.server.TestServer;
import dev.sternpost.server.allocation.Entitlement;
import dev.sternpost.server.allocation.HostAllocations;
import dev.sternpost.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Statistics from an agent's stream to the JSON face. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatisticsLinkTest {
    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final long INTERVAL_MILLIS = 20_000;

    private TestServer server;
    private JsonClient client;
    private FakeAgent agent;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        server = TestServer.start(home);
        client = new JsonClient(server).login(server.password());
        client.post("/api/v1/datacenters", "{\"name\":\"DC0\"}");
        client.post("/api/v1/clusters", "{\"folder\":\"/DC0/host\",\"name\":\"c1\"}");
        agent = FakeAgent.enrol(
                server,
                client.post("/api/v1/hosts", "{\"parent\":\"/DC0/host/c1\",\"name\":\"h1\"}")
                        .json()
                        .at("/token")
                        .asString());
    }

    @AfterAll
    void stop() {
        agent.close();
        client.close();
        server.close();
    }

    private static ConnectRequest report(long name, int usedMillis, long ageMillis) {
        return ConnectRequest.newBuilder()
                .setStatisticsReport(StatisticsReport.newBuilder()
                        .setSampleEpochMs(name)
                        .setAgeMs(ageMillis)
                        .setHost(HostSample.newBuilder()
                                .setIntervalMs(INTERVAL_MILLIS)
                                .setCpuCount(2)
                                .setCpuMhz(2_000)
                                .setCpuUsedMs(usedMillis)
                                .setMemoryBytes(8L << 30)
                                .setMemoryConsumedBytes(2L << 30)
                                .setCpuPressureUs(1_000_000))
                        .addVms(VmSample.newBuilder()
                                .setVmId("vm-99999")
                                .setIntervalMs(INTERVAL_MILLIS)
                                .setCpuUsedMs(5)))
                .build();
    }

    private double latest(String counter) {
        JsonNode values = client.get("/api/v1/statistics/latest?kind=OBJECT_KIND_HOST&counters=" + counter)
                .json()
                .at("/objects/0/values/0");
        return values.at("/counter").asString("").equals(counter)
                ? values.at("/value").asDouble()
                : Double.NaN;
    }

    @Test
    void what_an_agent_measures_can_be_asked_for_and_a_new_stream_goes_on_where_the_old_one_ended() throws Exception {
        FakeAgent.Stream first = agent.connect(1);
        Welcome welcome = first.next().getWelcome();
        assertThat(welcome.getStatisticsIntervalMs()).isEqualTo(20_000);
        assertThat(welcome.getStatisticsAfterEpochMs()).isZero();

        // Of intervals that ended one after the other, whenever the two messages come in.
        first.send(report(1_000, 10_000, INTERVAL_MILLIS + 5));
        first.send(report(21_000, 20_000, 5));

        Await.until("the second report is there", BOUND, () -> latest("cpu.usage.average") == 50);
        assertThat(latest("cpu.usagemhz.average")).isEqualTo(2_000);
        assertThat(latest("mem.usage.average")).isEqualTo(25);
        assertThat(latest("cpu.pressure.average")).isEqualTo(5);
        JsonNode series = client.get(
                        "/api/v1/objects/h1/statistics?counters=cpu.usage.average&counters=net.usage.average")
                .json();
        assertThat(series.at("/objectId").asString()).startsWith("host-");
        assertThat(series.at("/series/0/unit").asString()).isEqualTo("percent");
        assertThat(series.at("/series/0/points").size()).isEqualTo(2);
        assertThat(series.at("/series/0/points/0/value").asDouble()).isEqualTo(25);
        assertThat(Instant.parse(series.at("/series/0/points/1/time").asString()))
                .isBetween(Instant.now().minusSeconds(20), Instant.now());
        assertThat(series.at("/series/1/points").size()).as("not measured").isZero();

        assertThat(agent.connect(1).next().getWelcome().getStatisticsAfterEpochMs())
                .isEqualTo(21_000);
    }

    @Test
    void what_vms_are_entitled_to_reaches_the_agent() throws Exception {
        String token = client.post("/api/v1/hosts", "{\"parent\":\"/DC0/host/c1\",\"name\":\"h2\"}")
                .json()
                .at("/token")
                .asString();
        try (FakeAgent other = FakeAgent.enrol(server, token)) {
            FakeAgent.Stream stream = other.connect(1);
            stream.next();
            stream.send(ConnectRequest.newBuilder()
                    .setHostFacts(HostFacts.newBuilder()
                            .setCpuModel("Test CPU")
                            .setCpuCount(4)
                            .setCpuMhz(2_000)
                            .setMemoryBytes(8L << 30)
                            .setAccelerator("tcg"))
                    .build());
            Await.until(
                    "the host is described",
                    BOUND,
                    () -> client.get("/api/v1/hosts/h2")
                                    .json()
                                    .at("/host/cpuMhz")
                                    .asInt()
                            == 2_000);

            server.bean(HostAllocations.class)
                    .entitle(
                            other.host(),
                            Map.of(new VirtualMachineId("vm-5"), new Entitlement(500, 700, Entitlement.UNLIMITED)));

            ApplyAllocations order = stream.next().getCommand().getApplyAllocations();
            assertThat(order.getValidForMs()).isEqualTo(HostAllocations.VALID.toMillis());
            assertThat(order.getRevision()).isPositive();
            assertThat(order.getAllocationsList()).singleElement().satisfies(allocation -> {
                assertThat(allocation.getVmId()).isEqualTo("vm-5");
                assertThat(allocation.getCpuLimitPermille()).isEqualTo(250);
                assertThat(allocation.getCpuShares()).isEqualTo(700);
                assertThat(allocation.hasMemorySoftLimitBytes()).isFalse();
            });
        }
    }

    @Test
    void counters_are_listed_with_their_units() {
        JsonNode counters = client.get("/api/v1/statistics/counters").json().at("/counters");

        assertThat(counters.size()).isGreaterThan(20);
        assertThat(counters.at("/0/name").asString()).isEqualTo("cpu.demand.average");
        assertThat(counters.at("/0/unit").asString()).isEqualTo("MHz");
        assertThat(counters.at("/0/kinds/0").asString()).isEqualTo("OBJECT_KIND_VIRTUAL_MACHINE");
    }

    @Test
    void what_cannot_be_answered_is_refused_with_a_word_of_what_can() {
        assertThat(client.get("/api/v1/statistics/latest").code()).isEqualTo("REQUEST_INVALID");
        assertThat(client.get("/api/v1/statistics/latest?kind=OBJECT_KIND_FOLDER")
                        .code())
                .isEqualTo("REQUEST_INVALID");
        assertThat(client.get("/api/v1/objects/h1/statistics?counters=cpu").code())
                .isEqualTo("REQUEST_INVALID");
        assertThat(client.get("/api/v1/objects/c1/statistics").code()).isEqualTo("REQUEST_INVALID");
        assertThat(client.get("/api/v1/objects/nobody/statistics").code()).isEqualTo("OBJECT_NOT_FOUND");
        assertThat(client.get(
                                "/api/v1/objects/h1/statistics?startTime=2030-01-01T00:00:00Z&endTime=2029-01-01T00:00:00Z")
                        .code())
                .isEqualTo("REQUEST_INVALID");
    }
}
