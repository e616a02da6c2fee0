package dev.sternpost.agent.engine.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.engine.qmp.QmpException.Cause;
import dev.sternpost.testkit.Await;
import dev.sternpost.testkit.Property;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The client against a monitor by hand. */
@Timeout(30)
class QmpClientTest {

    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final Duration MOMENT = Duration.ofMillis(50);
    private static final String GREETING =
            "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 7}}, \"capabilities\": [\"oob\"]}}\r\n";
    private static final Pattern ID = Pattern.compile("\"id\":([0-9]+)");

    private final Ear ear = new Ear();
    private ScriptedSocket monitor = new ScriptedSocket(GREETING, QmpClientTest::nothingToReturn);

    @AfterEach
    void close() {
        monitor.close();
    }

    private static final class Ear implements QmpListener {
        final List<QmpEvent> events = new CopyOnWriteArrayList<>();
        final CountDownLatch closed = new CountDownLatch(1);
        final AtomicInteger closes = new AtomicInteger();

        @Override
        public void event(QmpEvent event) {
            events.add(event);
        }

        @Override
        public void closed() {
            closes.incrementAndGet();
            closed.countDown();
        }
    }

    private static String id(String line) {
        Matcher matcher = ID.matcher(line);
        assertThat(matcher.find()).as(line).isTrue();
        return matcher.group(1);
    }

    private static String nothingToReturn(String line) {
        return "{\"return\": {}, \"id\": " + id(line) + "}\r\n";
    }

    private QmpClient connect() throws IOException {
        return QmpClient.connect(monitor.path(), "vm-1", BOUND, ear);
    }

    // ---- beginning ----

    @Test
    void capabilities_are_agreed_on_before_anything_else() throws IOException {
        try (QmpClient client = connect()) {
            client.execute("query-status", BOUND);
        }
        assertThat(monitor.heard())
                .satisfiesExactly(
                        first -> assertThat(first)
                                .contains("\"qmp_capabilities\"")
                                .contains("\"enable\":[\"oob\"]"),
                        second -> assertThat(second).contains("\"execute\":\"query-status\""));
    }

    @Test
    void where_nobody_listens_connecting_fails_at_once() {
        assertThatThrownBy(() -> QmpClient.connect(Path.of("/tmp/no-such-socket"), "vm-1", BOUND, ear))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_monitor_that_serves_another_client_does_not_greet_and_is_given_up() {
        try (ScriptedSocket silent = new ScriptedSocket("", line -> "")) {
            assertFails(() -> QmpClient.connect(silent.path(), "vm-1", MOMENT, ear), Cause.TIMED_OUT);
            silent.awaitHangUp();
            assertThat(silent.heard()).isEmpty();
        }
    }

    @Test
    void a_monitor_that_refuses_the_capabilities_is_given_up() {
        monitor.answer(line ->
                "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no oob\"}, \"id\": " + id(line) + "}\r\n");

        assertFails(this::connect, Cause.REFUSED);
        monitor.awaitHangUp();
    }

    @Test
    void a_monitor_that_hangs_up_instead_of_greeting_is_no_monitor() {
        try (ScriptedSocket brief = new ScriptedSocket("", line -> "")) {
            CompletableFuture<Void> hangUp = CompletableFuture.runAsync(brief::hangUp);
            assertFails(() -> QmpClient.connect(brief.path(), "vm-1", BOUND, ear), Cause.DISCONNECTED);
            hangUp.join();
        }
    }

    // ---- commands ----

    @Test
    void an_answer_belongs_to_the_command_of_its_id_whatever_the_order() throws IOException {
        List<String> waiting = new CopyOnWriteArrayList<>();
        try (QmpClient client = connect()) {
            monitor.answer(line -> {
                waiting.add(line);
                return "";
            });
            CompletableFuture<JsonNode> first = CompletableFuture.supplyAsync(() -> client.execute("one", BOUND));
            Await.until("the first is asked", BOUND, () -> waiting.size() == 1);
            CompletableFuture<JsonNode> second = CompletableFuture.supplyAsync(() -> client.execute("two", BOUND));
            Await.until("both are asked", BOUND, () -> waiting.size() == 2);

            monitor.say("{\"id\": " + id(waiting.get(1)) + ", \"return\": \"of two\"}\r\n");
            assertThat(second.join().asString()).isEqualTo("of two");
            assertThat(first).isNotDone();
            monitor.say("{\"id\": " + id(waiting.get(0)) + ", \"return\": \"of one\"}\r\n");
            assertThat(first.join().asString()).isEqualTo("of one");
        }
    }

    @Test
    void answers_to_nobody_are_no_answers() throws IOException {
        try (QmpClient client = connect()) {
            monitor.answer(line -> "{\"return\": \"wrong\", \"id\": 4711}\r\n{\"return\": \"wrong\"}\r\n"
                    + "{\"error\": {\"desc\": \"wrong\"}, \"id\": 4712}\r\n"
                    + "{\"return\": \"right\", \"id\": " + id(line) + "}\r\n");

            assertThat(client.execute("x", BOUND).asString()).isEqualTo("right");
        }
    }

    @Test
    void an_answer_that_comes_too_late_is_not_taken_for_the_next_commands() throws IOException {
        try (QmpClient client = connect()) {
            monitor.answer(line -> "");
            assertFails(() -> client.execute("slow", MOMENT), Cause.TIMED_OUT);
            String late = id(monitor.heard().getLast());
            monitor.answer(line -> "{\"return\": \"late\", \"id\": " + late + "}\r\n{\"return\": \"own\", \"id\": "
                    + id(line) + "}\r\n");

            assertThat(client.execute("next", BOUND).asString()).isEqualTo("own");
        }
    }

    @Test
    void a_refusal_carries_the_monitors_words() throws IOException {
        try (QmpClient client = connect()) {
            monitor.answer(line -> "{\"id\": " + id(line)
                    + ", \"error\": {\"class\": \"GenericError\", \"desc\": \"Device 'x' not found\"}}\r\n");

            assertThatThrownBy(() -> client.execute("device_del", BOUND))
                    .isInstanceOf(QmpException.class)
                    .hasMessage("device_del: Device 'x' not found");
        }
    }

    @Test
    void events_between_a_command_and_its_answer_are_heard_in_order() throws IOException {
        try (QmpClient client = connect()) {
            monitor.answer(line -> "{\"event\": \"STOP\", \"timestamp\": {\"seconds\": 1}}\r\n"
                    + "{\"event\": \"RESET\", \"data\": {\"guest\": true}}\r\n" + nothingToReturn(line));
            long before = System.nanoTime();
            client.execute("stop", BOUND);

            assertThat(ear.events).extracting(QmpEvent::name).containsExactly("STOP", "RESET");
            assertThat(ear.events.get(0).data().isObject()).isTrue();
            assertThat(ear.events.get(1).data().path("guest").asBoolean(false)).isTrue();
            assertThat(ear.events.get(1).arrivalNanoTime()).isBetween(before, System.nanoTime());
        }
    }

    @Test
    void lines_may_come_in_pieces_or_many_at_once() throws IOException {
        try (QmpClient client = connect()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                all.append("{\"event\": \"E").append(i).append("\"}").append(i % 2 == 0 ? "\r\n" : "\n");
            }
            byte[] bytes = all.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            for (int from = 0, piece = 1; from < bytes.length; from += piece, piece = piece % 97 + 5) {
                monitor.say(java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + piece)));
            }
            client.execute("x", BOUND);

            assertThat(ear.events).hasSize(200);
            assertThat(ear.events.getLast().name()).isEqualTo("E199");
        }
    }

    @Test
    void out_of_band_commands_are_marked_as_such() throws IOException {
        try (QmpClient client = connect()) {
            client.executeOutOfBand("yank", Json.object("instances", List.of()), BOUND);
        }
        assertThat(monitor.heard().getLast()).contains("\"exec-oob\":\"yank\"").doesNotContain("\"execute\"");
    }

    @Test
    void commands_that_wait_for_a_silent_monitor_have_a_bound() throws IOException {
        try (QmpClient client = connect()) {
            monitor.answer(line -> "");
            List<CompletableFuture<Void>> waiting = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                CompletableFuture<Void> one = new CompletableFuture<>();
                waiting.add(one);
                Thread.ofVirtual().start(() -> {
                    try {
                        client.execute("x", BOUND);
                    } catch (QmpException e) {
                        one.completeExceptionally(e);
                    }
                });
            }
            Await.until("all are asked", BOUND, () -> monitor.heard().size() == 65);

            assertThatThrownBy(() -> client.execute("one too many", BOUND)).hasMessageContaining("too many");
            assertThat(monitor.heard()).hasSize(65);
            monitor.hangUp();
            waiting.forEach(one -> assertThatThrownBy(one::join).hasMessageContaining("closed the connection"));
        }
    }

    // ---- the end ----

    @Test
    void the_end_of_the_connection_fails_who_waits_and_is_told_once() throws Exception {
        try (QmpClient client = connect()) {
            monitor.answer(line -> "");
            CompletableFuture<JsonNode> waiting = CompletableFuture.supplyAsync(() -> client.execute("x", BOUND));
            Await.until("it is asked", BOUND, () -> monitor.heard().size() == 2);
            monitor.hangUp();

            assertThatThrownBy(waiting::join)
                    .cause()
                    .isInstanceOfSatisfying(
                            QmpException.class, e -> assertThat(e.kind()).isEqualTo(Cause.DISCONNECTED));
            ear.closed.await();
            assertFails(() -> client.execute("y", BOUND), Cause.DISCONNECTED);
        }
        assertThat(ear.closes).hasValue(1);
    }

    @Test
    void who_closes_hears_the_end_too() throws Exception {
        QmpClient client = connect();
        client.close();

        ear.closed.await();
        assertFails(() -> client.execute("x", BOUND), Cause.DISCONNECTED);
        monitor.awaitHangUp();
    }

    @Test
    void rubbish_ends_the_connection() throws Exception {
        try (QmpClient client = connect()) {
            monitor.answer(line -> "!\r\n" + nothingToReturn(line));

            assertFails(() -> client.execute("x", BOUND), Cause.DISCONNECTED);
            ear.closed.await();
        }
    }

    @Test
    void a_line_without_an_end_is_not_read_for_ever() throws Exception {
        try (QmpClient client = connect()) {
            byte[] mebibyte = new byte[1 << 20];
            java.util.Arrays.fill(mebibyte, (byte) ' ');
            Thread flood = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 18; i++) {
                        monitor.say(mebibyte);
                    }
                } catch (java.io.UncheckedIOException e) {
                    Thread.currentThread().interrupt(); // It was hung up, as it should be.
                }
            });

            ear.closed.await();
            flood.join(BOUND);
            assertFails(() -> client.execute("x", BOUND), Cause.DISCONNECTED);
        }
    }

    @Test
    void whatever_a_monitor_says_is_dealt_with_or_ends_the_connection() {
        List<String> pieces = List.of(
                "{",
                "}",
                "[",
                "]",
                "\"event\"",
                "\"id\"",
                "\"return\"",
                "\"error\"",
                ":",
                ",",
                "1",
                "-1e999",
                "null",
                "\"x\"",
                "{}",
                "true",
                "\"QMP\"",
                "\"desc\"",
                "{\"event\": ",
                "{\"id\": ",
                "99999999999999999999");
        AtomicInteger survived = new AtomicInteger();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        try {
            Property.holds("a monitor cannot break the client", 300, random -> {
                StringBuilder line = new StringBuilder();
                if (random.chance(0.5)) {
                    line.append("{")
                            .append(random.pick(List.of("\"event\"", "\"id\"", "\"QMP\"")))
                            .append(":");
                    line.append(random.pick(List.of("{}", "[]", "null", "1.5", "\"7\"", "true", "-1", "1e99")));
                    line.append("}");
                } else {
                    random.listOf(random.sized(1, 12), draw -> line.append(draw.pick(pieces)));
                }
                Ear own = new Ear();
                try (ScriptedSocket fresh = new ScriptedSocket(GREETING, QmpClientTest::nothingToReturn);
                        QmpClient client = QmpClient.connect(fresh.path(), "vm-1", BOUND, own)) {
                    fresh.answer(asked -> line + "\n" + nothingToReturn(asked));
                    try {
                        client.execute("x", BOUND);
                        survived.incrementAndGet();
                    } catch (QmpException e) {
                        assertThat(e.kind()).isEqualTo(Cause.DISCONNECTED);
                        own.closed.await();
                    }
                }
                assertThat(uncaught).isEmpty();
            });
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(survived).as("lines that were dealt with").hasPositiveValue();
    }

    private static void assertFails(ThrowingCallable step, Cause cause) {
        assertThatThrownBy(step)
                .isInstanceOfSatisfying(
                        QmpException.class, e -> assertThat(e.kind()).isEqualTo(cause));
    }
}
