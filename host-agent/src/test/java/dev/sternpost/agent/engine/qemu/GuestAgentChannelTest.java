package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.engine.GuestAgent.GuestProgramOutput;
import dev.sternpost.agent.engine.qmp.ScriptedSocket;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.Await;
import dev.sternpost.testkit.Property;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The channel against a guest by hand, which is not to be trusted. */
@Timeout(30)
class GuestAgentChannelTest {

    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final Duration MOMENT = Duration.ofMillis(50);
    private static final Pattern SYNC = Pattern.compile("guest-sync-delimited.*\"id\":([0-9]+)");

    private final AtomicBoolean listens = new AtomicBoolean(true);
    private ScriptedSocket guest;
    private GuestAgentChannel channel;

    @BeforeEach
    void connect() throws IOException {
        guest = new ScriptedSocket("", obeying(line -> "{\"return\": {}}\n"));
        channel = new GuestAgentChannel("vm-1", guest.path(), listens::get);
    }

    @AfterEach
    void close() {
        channel.close();
        guest.close();
    }

    /** A guest that keeps in step, and answers other commands as the test says. */
    private static Function<String, String> obeying(Function<String, String> others) {
        return line -> {
            Matcher sync = SYNC.matcher(line);
            return sync.find() ? "\u00ff{\"return\": " + sync.group(1) + "}\n" : others.apply(line);
        };
    }

    // ---- in step ----

    @Test
    void the_two_ends_agree_once_and_then_speak_freely() {
        assertThat(channel.ping(BOUND)).isTrue();
        assertThat(channel.ping(BOUND)).isTrue();

        assertThat(guest.heard())
                .hasSize(3)
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("\u00ff{").contains("guest-sync-delimited"),
                        second -> assertThat(second).contains("guest-ping"),
                        third -> assertThat(third).contains("guest-ping"));
    }

    @Test
    void what_the_guest_said_to_somebody_before_is_skipped() {
        guest.say("{\"return\": \"stale\"}\n{\"error\": {\"desc\": \"old\"}}\nhalf a li");
        guest.answer(obeying(line -> "{\"return\": {\"host-name\": \"app\"}}\n"));

        assertThat(channel.identity(BOUND).hostName()).isEqualTo("app");
    }

    @Test
    void an_answer_that_comes_after_its_time_is_not_taken_for_the_next_one() {
        assertThat(channel.ping(BOUND)).isTrue();
        guest.answer(obeying(line -> ""));
        assertFault(() -> channel.ipAddresses(MOMENT), FaultCode.GUEST_NOT_RESPONDING);

        guest.say("{\"return\": \"of the addresses\"}\n");
        guest.answer(obeying(line -> "{\"return\": {\"host-name\": \"app\"}}\n"));

        assertThat(channel.identity(BOUND).hostName()).isEqualTo("app");
    }

    @Test
    void a_guest_that_talks_without_being_asked_is_brought_into_step_again() {
        assertThat(channel.ping(BOUND)).isTrue();
        int before = guest.heard().size();
        guest.say("{\"return\": \"unasked\"}\n{\"return\": \"unasked\"}\n");
        guest.answer(obeying(line -> "{\"return\": {\"host-name\": \"app\"}}\n"));

        Await.until(
                "a right answer",
                BOUND,
                () -> channel.identity(BOUND).hostName().equals("app"));
        assertThat(guest.heard().subList(before, guest.heard().size()))
                .anyMatch(line -> line.contains("guest-sync-delimited"));
    }

    @Test
    void an_empty_line_is_no_answer() {
        guest.answer(obeying(line -> "\n\n{\"return\": {\"host-name\": \"app\"}}\n"));

        assertThat(channel.identity(BOUND).hostName()).isEqualTo("app");
    }

    // ---- silence ----

    @Test
    void nothing_is_sent_while_no_agent_listens_in_the_guest() {
        listens.set(false);

        assertThat(channel.ping(BOUND)).isFalse();
        assertFault(() -> channel.identity(BOUND), FaultCode.GUEST_NOT_RESPONDING);
        assertThatThrownBy(() -> channel.shutdown()).hasMessageContaining("install");
        assertThat(guest.heard()).isEmpty();
    }

    @Test
    void a_silent_guest_is_asked_to_agree_once_and_not_again_at_each_try() {
        guest.answer(line -> "");

        for (int i = 0; i < 3; i++) {
            assertThat(channel.ping(MOMENT)).isFalse();
        }

        assertThat(guest.heard())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("sync"));
        // It answers late; that answer still counts.
        Matcher sync = SYNC.matcher(guest.heard().getFirst());
        assertThat(sync.find()).isTrue();
        guest.answer(obeying(line -> "{\"return\": {}}\n"));
        guest.say("{\"return\": " + sync.group(1) + "}\n");
        assertThat(channel.ping(BOUND)).isTrue();
        assertThat(guest.heard()).hasSize(2);
    }

    @Test
    void who_waits_for_a_slow_answer_keeps_others_waiting_no_longer_than_they_wish() {
        assertThat(channel.ping(BOUND)).isTrue();
        guest.answer(obeying(line -> ""));
        CompletableFuture<Boolean> slow = CompletableFuture.supplyAsync(() -> channel.ping(BOUND));
        Await.until("it is asked", BOUND, () -> guest.heard().size() == 3);

        assertThatThrownBy(() -> channel.identity(MOMENT)).hasMessageContaining("busy");
        guest.say("{\"return\": {}}\n");
        assertThat(slow.join()).isTrue();
    }

    @Test
    void a_channel_that_is_gone_is_said_to_be() {
        assertThat(channel.ping(BOUND)).isTrue();
        guest.hangUp();

        Await.until("it is noticed", BOUND, () -> !channel.ping(MOMENT));
        assertFault(() -> channel.identity(MOMENT), FaultCode.GUEST_NOT_RESPONDING);
    }

    // ---- what is asked ----

    @Test
    void useful_addresses_come_first_and_loopback_not_at_all() {
        guest.answer(obeying(line -> """
                {"return": [{"name": "lo", "ip-addresses": [{"ip-address": "127.0.0.1"}, {"ip-address": "::1"}]},\
                 {"name": "eth0", "ip-addresses": [{"ip-address": "fe80::1"}, {"ip-address": "2001:db8::5"},\
                 {"ip-address": "169.254.3.4"}, {"ip-address": "10.77.0.9"}, {"x": 1}]}, {"name": "none"}, 7]}
                """));

        assertThat(channel.ipAddresses(BOUND)).containsExactly("10.77.0.9", "2001:db8::5", "169.254.3.4", "fe80::1");
    }

    @Test
    void a_guest_cannot_have_more_addresses_than_one_can_show() {
        guest.answer(obeying(line -> "{\"return\": [{\"ip-addresses\": ["
                + String.join(",", java.util.Collections.nCopies(1000, "{\"ip-address\": \"10.0.0.1\"}")) + "]}]}\n"));

        assertThat(channel.ipAddresses(BOUND)).hasSize(64);
    }

    @Test
    void a_guest_without_a_description_of_itself_still_has_a_name() {
        guest.answer(obeying(line -> line.contains("osinfo")
                ? "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"not found\"}}\n"
                : "{\"return\": {\"host-name\": \"app\"}}\n"));

        assertThat(channel.identity(BOUND).hostName()).isEqualTo("app");
        assertThat(channel.identity(BOUND).osName()).isEmpty();
    }

    @Test
    void a_program_is_waited_for_and_its_output_comes_back() {
        AtomicInteger polls = new AtomicInteger();
        guest.answer(obeying(line -> {
            if (!line.contains("guest-exec-status")) {
                return "{\"return\": {\"pid\": 99}}\n";
            }
            return polls.incrementAndGet() < 3
                    ? "{\"return\": {\"exited\": false}}\n"
                    : "{\"return\": {\"exited\": true, \"exitcode\": 3, \"out-data\": \"" + base64("out")
                            + "\", \"err-data\": \"" + base64("err") + "\"}}\n";
        }));

        GuestProgramOutput output = channel.run("/bin/x", List.of("-a", "b c"), BOUND);

        assertThat(output.exitCode()).isEqualTo(3);
        assertThat(output.standardOutput()).asString(StandardCharsets.UTF_8).isEqualTo("out");
        assertThat(output.standardError()).asString(StandardCharsets.UTF_8).isEqualTo("err");
        assertThat(polls).hasValue(3);
        assertThat(guest.heard()).anyMatch(line -> line.contains("\"arg\":[\"-a\",\"b c\"]"));
        assertThat(guest.heard()).anyMatch(line -> line.contains("\"pid\":99"));
    }

    @Test
    void a_program_that_a_signal_ended_says_so_as_a_shell_does_and_one_that_does_not_end_is_left() {
        guest.answer(obeying(line -> line.contains("status")
                ? "{\"return\": {\"exited\": true, \"signal\": 9, \"out-data\": \"not base64!\"}}\n"
                : "{\"return\": {\"pid\": 1}}\n"));
        GuestProgramOutput killed = channel.run("/bin/x", List.of(), BOUND);
        assertThat(killed.exitCode()).isEqualTo(137);
        assertThat(killed.standardOutput()).isEmpty();

        guest.answer(obeying(line ->
                line.contains("status") ? "{\"return\": {\"exited\": false}}\n" : "{\"return\": {\"pid\": 1}}\n"));
        assertThatThrownBy(() -> channel.run("/bin/x", List.of(), MOMENT))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.GUEST_NOT_RESPONDING));
    }

    @Test
    void a_refusal_is_told_in_the_guests_words_but_without_its_tricks() {
        guest.answer(
                obeying(line -> "{\"error\": {\"desc\": \"no \\u001b[31msuch\\nfile " + "x".repeat(1000) + "\"}}\n"));

        assertThatThrownBy(() -> channel.run("/bin/x", List.of(), BOUND))
                .isInstanceOfSatisfying(FaultException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.REQUEST_INVALID);
                    assertThat(fault.getMessage()).contains("such file").hasSizeLessThan(400);
                    assertThat(String.valueOf(fault.getMessage()).chars()).noneMatch(Character::isISOControl);
                });
    }

    @Test
    void a_shutdown_is_asked_for_without_waiting_for_an_answer() {
        channel.shutdown();
        Await.until("it is asked", BOUND, () -> guest.heard().size() == 2);
        assertThat(guest.heard().getLast()).contains("guest-shutdown").contains("powerdown");

        // Whether it answers is not known, so the ends agree anew before the next word.
        assertThat(channel.ping(BOUND)).isTrue();
        assertThat(guest.heard().get(2)).contains("guest-sync-delimited");
    }

    @Test
    void whatever_the_guest_says_the_agent_gets_an_answer_or_a_fault() {
        List<String> pieces = List.of(
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\"return\"",
                "\"error\"",
                "\"pid\"",
                "1",
                "-1",
                "1e400",
                "null",
                "\"\"",
                "{\"return\": ",
                "{\"return\": []}",
                "{\"return\": {\"pid\": {}}}",
                "\u00ff",
                "\n",
                "{\"error\": 5}");
        Property.holds("a guest cannot break its channel", 150, random -> {
            guest.answer(obeying(line ->
                    String.join("", random.listOf(random.sized(1, 12), one -> one.pick(pieces))) + "\n"));
            try {
                channel.identity(Duration.ofMillis(3));
                channel.ipAddresses(Duration.ofMillis(3));
                channel.run("/bin/x", List.of(), Duration.ofMillis(3));
            } catch (FaultException e) {
                assertThat(e.code()).isIn(FaultCode.GUEST_NOT_RESPONDING, FaultCode.REQUEST_INVALID);
            }
        });
        guest.answer(obeying(line -> "{\"return\": {\"host-name\": \"healed\"}}\n"));
        Await.until("it speaks sense again", BOUND, () -> says("healed"));
    }

    private boolean says(String name) {
        try {
            return channel.identity(MOMENT).hostName().equals(name);
        } catch (FaultException e) {
            return false;
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertFault(ThrowingCallable step, FaultCode code) {
        assertThatThrownBy(step)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }
}
