package dev.sternpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sternpost.proto.type.v1.FaultKind;
import dev.sternpost.sdk.fake.FakeFaults;
import org.junit.jupiter.api.Test;

class DemoTest extends CommandTest {
    private Outcome demo(String... more) {
        String[] words = new String[3 + more.length];
        words[0] = "demo";
        words[1] = "--settle";
        words[2] = "10ms";
        System.arraycopy(more, 0, words, 3, more.length);
        return give(words);
    }

    @Test
    void the_story_tells_all_and_leaves_two_virtual_machines_running() {
        Outcome outcome = demo();

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("[7/7] VM deleted at the source")
                .contains("the guest paused 38.4 ms")
                .contains("1 of 20 pings lost")
                .contains("VmMigrateEvent")
                .contains("demo-1: host-1 to host-2")
                .contains("demo-1: host-2 to host-1");
        assertThat(give("vm", "ls", "--on").out()).contains("demo-1").contains("demo-2");
    }

    @Test
    void as_json_it_is_one_document_and_nothing_else() {
        Outcome outcome = demo("--json");

        assertThat(outcome.exit()).isZero();
        JsonObject facts = JsonParser.parseString(outcome.out()).getAsJsonObject();
        assertThat(facts.get("ok").getAsBoolean()).isTrue();
        assertThat(facts.getAsJsonArray("vms")).hasSize(2);
        assertThat(facts.getAsJsonArray("migrations")).hasSize(2).allSatisfy(migration -> {
            JsonObject one = migration.getAsJsonObject();
            assertThat(one.get("downtimeMs").getAsDouble()).isEqualTo(38.4);
            assertThat(one.get("totalMs").getAsLong()).isEqualTo(1_410);
            assertThat(one.getAsJsonArray("rounds")).hasSize(2);
            assertThat(one.get("pingsLost").getAsInt()).isEqualTo(1);
        });
        assertThat(outcome.err()).contains("Live migration of demo-1");
    }

    @Test
    void a_second_run_deletes_what_the_first_one_left() {
        demo();

        Outcome outcome = demo();

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("/DC0/vm/demo-1 is left from an earlier run");
    }

    @Test
    void without_a_shared_network_there_is_no_ping_and_no_pretence() {
        server.datacenter().useUserModeNetwork();

        Outcome outcome = demo("--json");

        JsonObject facts = JsonParser.parseString(outcome.out()).getAsJsonObject();
        assertThat(facts.get("ok").getAsBoolean()).isTrue();
        assertThat(facts.getAsJsonArray("migrations")
                        .get(0)
                        .getAsJsonObject()
                        .get("pingsLost")
                        .isJsonNull())
                .isTrue();
        assertThat(outcome.err()).contains("virtual machines cannot reach each other");
    }

    @Test
    void a_failure_is_told_in_the_document_and_by_the_exit_status() {
        server.datacenter()
                .tasks()
                .failNext(FakeFaults.fault(
                        "DATASTORE_FULL", 250, FaultKind.FAULT_KIND_CAPACITY, "shared1 is full", "datastore-15"));

        Outcome outcome = demo("--json");

        assertThat(outcome.exit()).isEqualTo(6);
        JsonObject facts = JsonParser.parseString(outcome.out()).getAsJsonObject();
        assertThat(facts.get("ok").getAsBoolean()).isFalse();
        assertThat(facts.get("error").getAsString()).contains("shared1 is full");
    }

    @Test
    void load_balancing_is_shown_from_the_template_and_a_failure_is_told_in_the_document() {
        Outcome outcome = give("demo", "drs", "--json", "--template", "nothing");

        assertThat(outcome.exit()).isEqualTo(3);
        JsonObject facts = JsonParser.parseString(outcome.out()).getAsJsonObject();
        assertThat(facts.get("ok").getAsBoolean()).isFalse();
        assertThat(facts.get("error").getAsString()).contains("./sternpost up");
        assertThat(facts.getAsJsonArray("moves")).isEmpty();
        assertThat(give("demo", "chess").exit()).isEqualTo(2);
    }

    @Test
    void without_the_template_the_demonstration_says_where_it_comes_from() {
        Outcome outcome = demo("--template", "nothing");

        assertThat(outcome.exit()).isEqualTo(3);
        assertThat(outcome.err()).contains("./sternpost up");
    }
}
