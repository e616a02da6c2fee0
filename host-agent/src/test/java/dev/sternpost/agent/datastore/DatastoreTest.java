package dev.sternpost.agent.datastore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.Property;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DatastoreTest {

    @TempDir
    Path directory;

    private Path root;
    private Datastore datastore;

    @BeforeEach
    void make() throws IOException {
        root = Files.createDirectory(directory.resolve("shared"));
        datastore = new Datastore("shared1", root);
    }

    // ---- identity ----

    @Test
    void a_new_datastore_gets_an_identity_that_it_keeps() throws IOException {
        UUID first = datastore.identity();

        assertThat(new Datastore("another name", root).identity()).isEqualTo(first);
        assertThat(Files.readString(root.resolve(".sternpost-datastore"))).isEqualTo(first + "\n");
        try (var files = Files.list(root)) {
            assertThat(files).as("nothing but the identity").hasSize(1);
        }
    }

    @Test
    void hosts_that_come_at_once_see_one_and_the_same_datastore() throws InterruptedException, ExecutionException {
        try (ExecutorService hosts = Executors.newFixedThreadPool(8)) {
            for (int round = 0; round < 20; round++) {
                Path fresh = directory.resolve("fresh-" + round);
                assertThat(fresh.toFile().mkdir()).isTrue();
                List<Callable<UUID>> looks = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    looks.add(() -> new Datastore("x", fresh).identity());
                }
                Set<UUID> seen = new HashSet<>();
                for (Future<UUID> look : hosts.invokeAll(looks)) {
                    seen.add(look.get());
                }
                assertThat(seen).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not a uuid", "1", "6b1c8d2e-1d3f-4a57-9a0c-0a1b2c3d4e5f extra"})
    void a_damaged_identity_is_never_replaced_by_a_new_one(String content) throws IOException {
        Files.writeString(root.resolve(".sternpost-datastore"), content);

        DatastoreFacts facts = datastore.facts();

        assertThat(facts.accessible()).isFalse();
        assertThat(facts.uuid()).isEmpty();
        assertThat(facts.complaint()).contains("does not hold a UUID");
        assertThat(root.resolve(".sternpost-datastore")).hasContent(content);
    }

    @Test
    void an_identity_that_is_endless_or_no_file_is_refused() throws IOException {
        Path file = root.resolve(".sternpost-datastore");
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(1L << 40);
        }
        assertThat(datastore.facts().complaint()).contains("not an identity file");
        Files.delete(file);
        Files.createDirectory(file);
        assertThat(datastore.facts().accessible()).isFalse();
        Files.delete(file);
        Files.createSymbolicLink(file, root.resolve("nowhere"));
        assertThat(datastore.facts().accessible()).as("a dangling link").isFalse();
    }

    @Test
    void any_bytes_are_an_identity_or_refused() throws IOException {
        Path file = root.resolve(".sternpost-datastore");
        UUID uuid = datastore.identity();
        Property.holds("an identity is read or refused", 300, random -> {
            StringBuilder text = new StringBuilder(uuid + "\n");
            for (int i = random.sized(0, 6); i > 0; i--) {
                int at = random.between(0, text.length() - 1);
                if (random.chance(0.3)) {
                    text.deleteCharAt(at);
                } else {
                    text.setCharAt(at, (char) random.between(1, 300));
                }
            }
            Files.write(file, text.toString().getBytes(StandardCharsets.ISO_8859_1));
            DatastoreFacts facts = datastore.facts();
            assertThat(facts.uuid().isEmpty()).isEqualTo(!facts.accessible());
            assertThat(facts.complaint().isEmpty()).isEqualTo(facts.accessible());
            if (facts.accessible()) {
                assertThat(UUID.fromString(facts.uuid())).hasToString(facts.uuid());
            }
        });
    }

    @Test
    void a_datastore_that_is_not_mounted_says_so_and_is_looked_for_again() throws IOException {
        Path later = directory.resolve("later");
        DatastoreRegistry registry = new DatastoreRegistry(Map.of("later", later));
        assertThat(registry.facts()).singleElement().satisfies(facts -> {
            assertThat(facts.accessible()).isFalse();
            assertThat(facts.complaint()).contains("is not there");
        });

        Files.createDirectory(later);

        assertThat(registry.facts().getFirst().accessible()).isTrue();
        assertThat(registry.facts().getFirst().capacityBytes()).isPositive();
    }

    @Test
    void datastores_are_found_by_identity_whatever_they_are_called() throws IOException {
        Path second = Files.createDirectory(directory.resolve("second"));
        Map<String, Path> paths = new LinkedHashMap<>();
        paths.put("gone", directory.resolve("gone"));
        paths.put("one", root);
        paths.put("two", second);
        DatastoreRegistry registry = new DatastoreRegistry(paths);
        String uuid = new Datastore("x", second).identity().toString();

        assertThat(registry.byUuid(uuid).name()).isEqualTo("two");
        assertThat(registry.facts()).extracting(DatastoreFacts::name).containsExactly("gone", "one", "two");
        assertThatThrownBy(() -> registry.byUuid(UUID.randomUUID().toString()))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.DATASTORE_INACCESSIBLE));
    }

    // ---- paths ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "../shared",
                "a/../..",
                "a/..",
                "/etc",
                "a//b",
                "a/",
                "/",
                ".",
                "./a",
                "a/./b",
                "a\0b",
                "a\nb"
            })
    void a_path_that_could_lead_out_is_refused(String path) throws IOException {
        Files.createDirectories(root.resolve("a/b"));

        assertThatThrownBy(() -> datastore.resolve(path)).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.REQUEST_INVALID);
            assertThat(String.valueOf(fault.getMessage()).chars()).noneMatch(Character::isISOControl);
        });
    }

    @Test
    void no_link_is_followed_at_any_depth() throws IOException {
        Files.createDirectories(root.resolve("a"));
        Files.createSymbolicLink(root.resolve("out"), directory);
        Files.createSymbolicLink(root.resolve("a/in"), root.resolve("a"));

        for (String path : List.of("out", "out/shared", "a/in", "a/in/x")) {
            assertThatThrownBy(() -> datastore.resolve(path)).as(path).isInstanceOf(FaultException.class);
        }
    }

    @Test
    void an_honest_path_leads_into_the_datastore_and_back() {
        assertThat(datastore.resolve("")).isEqualTo(root);
        assertThat(datastore.resolve("web/..a/app 1")).isEqualTo(root.resolve("web/..a/app 1"));
        assertThat(datastore.relativize(datastore.resolve("web/app"))).isEqualTo("web/app");
        assertThatThrownBy(() -> datastore.resolve("x".repeat(1001)))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("…");
    }

    @Test
    void whatever_is_asked_for_stays_inside() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), directory);
        Files.createDirectory(root.resolve("a"));
        List<String> parts = List.of("..", ".", "", "a", "link", "b c", "~", "$HOME", "\\", "%2e%2e", "\u0000", "é");
        Property.holds("paths stay inside", random -> {
            String path = String.join("/", random.listOf(random.sized(1, 6), draw -> draw.pick(parts)));
            try {
                Path resolved = datastore.resolve(path);
                assertThat(resolved.normalize()).startsWithRaw(root);
                assertThat(resolved).isNotEqualTo(root.resolve("link"));
            } catch (FaultException e) {
                assertThat(e.code()).isEqualTo(FaultCode.REQUEST_INVALID);
            }
        });
    }

    // ---- browsing ----

    @Test
    void a_directory_is_listed_by_name_with_what_its_files_take() throws IOException {
        Files.createDirectories(root.resolve("web/b"));
        try (RandomAccessFile thin =
                new RandomAccessFile(root.resolve("web/c.img").toFile(), "rw")) {
            thin.setLength(10 << 20);
        }
        Files.write(root.resolve("web/a.img"), new byte[8192]);
        Files.createSymbolicLink(root.resolve("web/d"), root.resolve("web/a.img"));

        assertThat(datastore.browse("web"))
                .extracting(FileEntry::path)
                .containsExactly("web/a.img", "web/b", "web/c.img", "web/d");
        assertThat(datastore.browse("web")).extracting(FileEntry::sizeBytes).containsExactly(8192L, 0L, 10L << 20, 0L);
        assertThat(datastore.browse("web").get(0).allocatedBytes()).isEqualTo(8192);
        assertThat(datastore.browse("web").get(1).directory()).isTrue();
        assertThat(datastore.browse("web").get(2).allocatedBytes()).isLessThan(8192);
    }

    @Test
    void what_is_no_directory_is_not_listed() throws IOException {
        Files.writeString(root.resolve("file"), "x");

        for (String path : List.of("file", "gone", "gone/deeper")) {
            assertThatThrownBy(() -> datastore.browse(path))
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            fault -> assertThat(fault.code()).isEqualTo(FaultCode.FILE_NOT_FOUND));
        }
    }
}
