package dev.sternpost.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.server.JsonClient;
import dev.sternpost.server.TestServer;
import java.net.http.HttpClient;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JsonFaceTest {
    private TestServer server;
    private JsonClient client;

    @BeforeAll
    void start(@TempDir Path home) {
        server = TestServer.start(home);
        client = new JsonClient(server).login(server.password());
        client.post("/api/v1/datacenters", "{\"name\":\"DC0\"}");
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void who_answers_is_told_without_a_login() {
        var answer = new JsonClient(server).get("/api/v1/server-info");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/serverInfo/product").asString()).isEqualTo("Sternpost");
    }

    @Test
    void a_path_finds_its_object() {
        var answer = client.get("/api/v1/inventory:find?path=/DC0/vm");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().at("/object/name").asString()).isEqualTo("vm");
        assertThat(answer.json().at("/object/kind").asString()).isEqualTo("OBJECT_KIND_FOLDER");
    }

    @Test
    void sixty_four_bit_numbers_are_text_and_empty_fields_are_there() {
        var object = client.get("/api/v1/inventory:find?path=/DC0").json().at("/object");

        assertThat(object.at("/version").isString()).isTrue();
        assertThat(client.get("/api/v1/networks").json().at("/networks").isArray())
                .isTrue();
    }

    @Test
    void a_path_may_stand_in_an_address_when_it_is_escaped() {
        var answer = client.get("/api/v1/objects/%2FDC0%2Fvm");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().at("/object/path").asString()).isEqualTo("/DC0/vm");
    }

    @Test
    void query_parameters_are_accepted_in_both_spellings() {
        assertThat(client.get("/api/v1/objects?pageSize=2")
                        .json()
                        .at("/objects")
                        .size())
                .isEqualTo(2);
        assertThat(client.get("/api/v1/objects?page_size=2")
                        .json()
                        .at("/objects")
                        .size())
                .isEqualTo(2);
    }

    @Test
    void custom_verbs_reach_their_calls() {
        String id = client.post("/api/v1/folders", "{\"parent\":\"/DC0/vm\",\"name\":\"web\"}")
                .json()
                .at("/folder/id")
                .asString();

        var renamed = client.post("/api/v1/folders/" + id + ":rename", "{\"name\":\"www\"}");

        assertThat(renamed.status()).as(renamed.text()).isEqualTo(200);
        assertThat(renamed.json().at("/folder/path").asString()).isEqualTo("/DC0/vm/www");
        assertThat(client.delete("/api/v1/folders/" + id).status()).isEqualTo(200);
    }

    @Test
    void a_fault_is_a_clear_body_with_the_status_that_fits() {
        var answer = client.get("/api/v1/objects/vm-99999");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("OBJECT_NOT_FOUND");
        assertThat(answer.json().at("/number").asInt()).isEqualTo(201);
        assertThat(answer.json().at("/kind").asString()).isEqualTo("CALLER");
        assertThat(answer.json().at("/message").asString()).contains("vm-99999");
        assertThat(answer.json().at("/subjectId").asString()).isEqualTo("vm-99999");
    }

    @Test
    void a_taken_name_is_a_conflict() {
        var answer = client.post("/api/v1/datacenters", "{\"name\":\"DC0\"}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("NAME_TAKEN");
    }

    @Test
    void malformed_requests_are_faults_of_the_caller() {
        for (String body : new String[] {"{", "[]", "{\"nmae\":\"x\"}", "null", "{\"name\":{}}"}) {
            var answer = client.post("/api/v1/datacenters", body);

            assertThat(answer.status()).as("%s: %s", body, answer).isEqualTo(400);
            assertThat(answer.code()).as(body).isEqualTo("REQUEST_INVALID");
        }
        var query = client.get("/api/v1/objects?pageSize=many");
        assertThat(query.status()).as(query.text()).isEqualTo(400);
        assertThat(query.code()).isEqualTo("REQUEST_INVALID");
    }

    private String complaint(String path, String body) {
        var answer = body.isEmpty() ? client.get(path) : client.post(path, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("REQUEST_INVALID");
        return answer.json().at("/message").asString();
    }

    @Test
    void a_field_that_there_is_not_is_named_with_those_that_there_are() {
        assertThat(complaint("/api/v1/datacenters", "{\"nmae\":\"x\"}"))
                .contains("there is no field \"nmae\"; known are: ")
                .contains("name");
        assertThat(complaint("/api/v1/vms", "{\"config\":{\"cpus\":1}}"))
                .contains("there is no field \"config.cpus\"; known are: ");
    }

    @Test
    void a_field_of_the_wrong_kind_is_named_with_what_it_should_be() {
        assertThat(complaint("/api/v1/datacenters", "{\"name\":{\"first\":1}}"))
                .contains("field \"name\" is an object, but should be text in quotes");
        assertThat(complaint("/api/v1/vms", "{\"powerOn\":\"yes\"}"))
                .contains("field \"powerOn\" is the text \"yes\", but should be true or false");
        assertThat(complaint("/api/v1/vms", "{\"config\":{\"memoryBytes\":\"128M\"}}"))
                .contains("field \"config.memoryBytes\" is the text \"128M\", but should be a whole number");
        assertThat(complaint("/api/v1/vms", "{\"config\":{\"firmware\":\"coreboot\"}}"))
                .contains("field \"config.firmware\"", "should be one of FIRMWARE_BIOS, ");
        assertThat(complaint("/api/v1/vms", "{\"config\":{\"disks\":{}}}"))
                .contains("field \"config.disks\" is an object, but should be a list");
        assertThat(complaint("/api/v1/vms", "{\"config\":{\"disks\":[{\"capacityBytes\":1.5}]}}"))
                .contains("field \"config.disks[0].capacityBytes\" is 1.5, but should be a whole number");
    }

    @Test
    void a_body_that_is_not_json_says_where() {
        assertThat(complaint("/api/v1/datacenters", "{\"name\": }"))
                .containsPattern("not JSON at line 1, column 1[01]\\.");
    }

    @Test
    void a_query_parameter_that_there_is_not_is_named_with_those_that_there_are() {
        assertThat(complaint("/api/v1/objects?pagesize=2", ""))
                .contains("there is no query parameter \"pagesize\"; known are: ")
                .contains("pageSize, pageToken");
        assertThat(complaint("/api/v1/vms/vm-1?vm=vm-2", "")).contains("\"vm\"; known are: none");
        assertThat(complaint("/api/v1/datacenters?nmae=x", "{\"name\":\"y\"}"))
                .contains("there is no query parameter \"nmae\"");
    }

    @Test
    void a_query_parameter_of_the_wrong_kind_is_named_with_what_it_should_be() {
        assertThat(complaint("/api/v1/objects?pageSize=many", ""))
                .contains("field \"pageSize\" is \"many\", but should be a whole number");
    }

    @Test
    void an_unknown_route_says_so_in_the_same_form() {
        var answer = client.get("/api/v1/nonsense");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("REQUEST_INVALID");
    }

    @Test
    void a_request_that_is_too_large_is_refused() {
        // Over HTTP/1.1: HTTP/2 simply resets the stream.
        try (JsonClient old = new JsonClient(server, HttpClient.Version.HTTP_1_1).withToken(client.token())) {
            String name = "x".repeat(ApiSettings.REQUEST_BYTES_MAX + 1);

            var answer = old.post("/api/v1/datacenters", "{\"name\":\"" + name + "\"}");

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.code()).isEqualTo("REQUEST_INVALID");
        }
    }

    @Test
    void http_1_clients_are_served_as_well() {
        try (JsonClient old = new JsonClient(server, HttpClient.Version.HTTP_1_1).withToken(client.token())) {
            assertThat(old.get("/api/v1/inventory:find?path=/DC0").status()).isEqualTo(200);
        }
    }

    @Test
    void plain_routes_answer() {
        assertThat(client.get("/healthz").text()).isEqualTo("ok\n");
        assertThat(client.get("/readyz").text()).isEqualTo("ready\n");
        assertThat(client.get("/ca.pem").text()).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(client.get("/metrics").text()).contains("sternpost_api_call_seconds_count");
        try (JsonClient nobody = new JsonClient(server)) {
            assertThat(nobody.get("/healthz").status()).isEqualTo(200);
            assertThat(nobody.get("/metrics").status()).isEqualTo(401);
        }
    }

    @Test
    void changes_can_be_followed_without_streaming() {
        String cursor = client.get("/api/v1/objects").json().at("/cursor").asString();
        client.post("/api/v1/folders", "{\"parent\":\"/DC0/vm\",\"name\":\"followed\"}");

        var changes = client.get("/api/v1/inventory:changes?cursor=" + cursor + "&timeoutMs=5000");

        assertThat(changes.json().at("/changes/0/object/name").asString()).isEqualTo("followed");
        var later = client.get("/api/v1/inventory:changes?cursor="
                + changes.json().at("/cursor").asString());
        assertThat(later.json().at("/changes").size()).isZero();
        assertThat(client.get("/api/v1/inventory:changes?cursor=nonsense").code())
                .isEqualTo("CURSOR_INVALID");
    }
}
