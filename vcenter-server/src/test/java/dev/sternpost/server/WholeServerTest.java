package dev.sternpost.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.server.agentlink.ObligingAgent;
import dev.sternpost.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** From the JSON of a client to the orders of two agents and back, with everything in between as it is in production. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WholeServerTest {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private TestServer server;
    private JsonClient client;
    private ObligingAgent one;
    private ObligingAgent two;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        server = TestServer.start(home);
        client = new JsonClient(server).login(server.password());
        client.post("/api/v1/datacenters", "{\"name\":\"DC0\"}");
        client.post("/api/v1/clusters", "{\"folder\":\"/DC0/host\",\"name\":\"c1\"}");
        ObligingAgent.Shared datastore = new ObligingAgent.Shared();
        one = new ObligingAgent(server, token("h1"), datastore);
        two = new ObligingAgent(server, token("h2"), datastore);
        Await.until(
                "both hosts see the datastore",
                BOUND,
                () -> client.get("/api/v1/datastores")
                                .json()
                                .at("/datastores/0/hostIds")
                                .size()
                        == 2);
    }

    @AfterAll
    void stop() {
        one.close();
        two.close();
        client.close();
        server.close();
    }

    private String token(String name) {
        return client.post("/api/v1/hosts", "{\"parent\":\"/DC0/host/c1\",\"name\":\"" + name + "\"}")
                .json()
                .at("/token")
                .asString();
    }

    /** Waits for the task in an answer and returns it as it ended. */
    private JsonNode done(JsonClient.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        String id = answer.json().at("/task/id").asString();
        JsonNode task = client.get("/api/v1/tasks/" + id + ":wait?timeoutMs=20000")
                .json()
                .at("/task");
        assertThat(task.at("/state").asString()).as(task.toString()).isEqualTo("TASK_STATE_SUCCEEDED");
        return task;
    }

    private String create(String name) {
        return done(client.post("/api/v1/vms", """
                        {"name": "%s", "powerOn": true, "requestId": "make-%s",
                         "config": {"cpuCount": 2, "memoryBytes": "268435456",
                                    "disks": [{"capacityBytes": "1073741824"}],
                                    "nics": [{"networkId": "VM Network"}]}}
                        """.formatted(name, name)))
                .at("/resultId")
                .asString();
    }

    private JsonNode vm(String id) {
        return client.get("/api/v1/vms/" + id).json().at("/vm");
    }

    @Test
    void a_vm_is_made_with_the_shape_that_was_asked_for_and_runs() {
        String id = create("app-1");

        JsonNode vm = vm(id);
        assertThat(vm.at("/path").asString()).isEqualTo("/DC0/vm/app-1");
        assertThat(vm.at("/powerState").asString()).isEqualTo("POWER_STATE_POWERED_ON");
        assertThat(vm.at("/config/cpuCount").asInt()).isEqualTo(2);
        assertThat(vm.at("/config/memoryBytes").asString()).isEqualTo("268435456");
        assertThat(vm.at("/config/disks/0/fileName").asString()).isEqualTo("disk0.qcow2");
        assertThat(vm.at("/config/nics/0/macAddress").asString()).matches("([0-9a-f]{2}:){5}[0-9a-f]{2}");
        assertThat(vm.at("/hostName").asString()).startsWith("h");
    }

    @Test
    void a_request_that_comes_again_gets_the_same_task() {
        String body = "{\"name\":\"twice\",\"requestId\":\"same\"}";

        String first = client.post("/api/v1/vms", body).json().at("/task/id").asString();
        String second = client.post("/api/v1/vms", body).json().at("/task/id").asString();
        var other = client.post("/api/v1/vms", "{\"name\":\"thrice\",\"requestId\":\"same\"}");

        assertThat(first).startsWith("task-").isEqualTo(second);
        assertThat(other.code()).isEqualTo("REQUEST_ID_REUSED");
    }

    @Test
    void a_running_vm_moves_and_its_task_tells_the_rounds_and_the_pause() {
        String id = create("mover");
        String from = vm(id).at("/hostId").asString();

        JsonNode task = done(client.post("/api/v1/vms/" + id + ":migrate", "{}"));

        assertThat(vm(id).at("/hostId").asString()).isNotEqualTo(from);
        JsonNode migration = task.at("/migration");
        assertThat(migration.at("/sourceHostId").asString()).isEqualTo(from);
        assertThat(migration.at("/rounds").size()).isEqualTo(2);
        assertThat(migration.at("/downtimeMs").asDouble()).isEqualTo(42.5);
        assertThat(migration.at("/downtimeSource").asString()).isEqualTo("DOWNTIME_SOURCE_GUEST_TICKER");
        assertThat(migration.at("/phases").size()).isEqualTo(7);
        for (JsonNode phase : migration.at("/phases")) {
            assertThat(phase.at("/done").asBoolean()).as(phase.toString()).isTrue();
        }
    }

    @Test
    void power_and_shape_and_end_of_a_vm() {
        String id = create("life");

        assertThat(client.delete("/api/v1/vms/" + id).status())
                .as("no such method")
                .isEqualTo(405);
        assertThat(client.post("/api/v1/vms/" + id + ":delete", "{}").code()).isEqualTo("VM_WRONG_POWER_STATE");
        done(client.post("/api/v1/vms/" + id + ":reset", "{}"));
        done(client.post("/api/v1/vms/" + id + ":suspend", "{}"));
        assertThat(vm(id).at("/powerState").asString()).isEqualTo("POWER_STATE_SUSPENDED");
        done(client.post("/api/v1/vms/" + id + ":powerOn", "{}"));
        done(client.post("/api/v1/vms/" + id + ":shutdown", "{\"timeoutMs\":\"5000\"}"));
        done(client.post("/api/v1/vms/" + id + ":powerOn", "{}"));
        done(client.post("/api/v1/vms/" + id + ":powerOff", "{}"));
        done(client.post("/api/v1/vms/" + id + ":reconfigure", "{\"config\":{\"cpuCount\":4}}"));
        assertThat(vm(id).at("/config/cpuCount").asInt()).isEqualTo(4);
        done(client.post("/api/v1/vms/" + id + ":rename", "{\"name\":\"renamed\"}"));
        done(client.post("/api/v1/vms/" + id + ":unregister", "{}"));
        assertThat(client.get("/api/v1/vms/" + id).code()).isEqualTo("OBJECT_NOT_FOUND");

        String again = done(client.post("/api/v1/vms:register", "{\"datastore\":\"shared1\",\"directory\":\"life\"}"))
                .at("/resultId")
                .asString();
        done(client.post("/api/v1/vms/" + again + ":delete", "{}"));
    }

    @Test
    void what_a_host_can_tell_of_a_vm_reaches_the_client() {
        String id = create("told");

        var run = client.post("/api/v1/vms/" + id + ":runProgram", "{\"program\":\"echo\",\"arguments\":[\"hi\"]}");
        assertThat(run.json().at("/exitCode").asInt()).isEqualTo(3);
        assertThat(decoded(run.json().at("/standardOutput"))).isEqualTo("echo [hi]");
        var console =
                client.get("/api/v1/vms/" + id + ":consoleLog?tailBytes=100").json();
        assertThat(decoded(console.at("/content"))).isEqualTo("login: ");
        assertThat(console.at("/totalBytes").asString()).isEqualTo("700");
        assertThat(decoded(client.get("/api/v1/vms/" + id + ":captureScreen")
                        .json()
                        .at("/png")))
                .isEqualTo("PNG");
        assertThat(client.get("/api/v1/events?subject=" + id).text())
                .contains("VmGuestProgramRunEvent", " runs echo in the guest of told.")
                .doesNotContain("[hi]");
        assertThat(client.get("/api/v1/datastores/shared1:browse?directory=told")
                        .json()
                        .at("/files/0/path")
                        .asString())
                .isEqualTo("told/disk0.qcow2");
    }

    private static String decoded(JsonNode base64) {
        return new String(Base64.getDecoder().decode(base64.asString()), StandardCharsets.UTF_8);
    }

    @Test
    void tasks_are_listed_newest_first_in_pages_and_events_tell_the_story() {
        String id = create("listed");

        JsonNode tasks = client.get("/api/v1/tasks?subject=" + id).json().at("/tasks");
        assertThat(tasks.at("/0/subjectName").asString()).isEqualTo("listed");
        JsonNode page = client.get("/api/v1/tasks?pageSize=1").json();
        JsonNode next = client.get("/api/v1/tasks?pageSize=1&pageToken="
                        + page.at("/nextPageToken").asString())
                .json();
        assertThat(next.at("/tasks/0/id").asString())
                .isNotEqualTo(page.at("/tasks/0/id").asString());
        assertThat(client.get("/api/v1/events?subject=" + id).text()).contains("VmCreatedEvent", "VmPoweredOnEvent");
        String task = tasks.at("/0/id").asString();
        assertThat(client.post("/api/v1/tasks/" + task + ":cancel", "{}").code())
                .isEqualTo("TASK_NOT_CANCELLABLE");
        assertThat(client.post("/api/v1/tasks/" + task + ":resume", "{}").code())
                .isEqualTo("TASK_NOT_STUCK");
        assertThat(client.get("/api/v1/tasks/task-999999").code()).isEqualTo("OBJECT_NOT_FOUND");
    }
}
