package dev.sternpost.inventory.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class EventTypeTest {
    @Test
    void names_are_those_of_the_field() {
        assertThat(EventType.VM_POWERED_ON.eventName()).isEqualTo("VmPoweredOnEvent");
        for (EventType type : EventType.values()) {
            assertThat(EventType.named(type.eventName())).contains(type);
        }
        assertThat(EventType.named("NoSuchEvent")).isEmpty();
    }

    @Test
    void the_catalogue_lists_every_type_with_its_severity_in_the_order_of_the_enum() throws Exception {
        List<String> rows = Files.readAllLines(Path.of(System.getProperty("sternpost.root"), "docs/events.md"));
        List<String> listed = rows.stream()
                .filter(row -> row.startsWith("| `"))
                .map(row -> row.split("\\|"))
                .map(cells -> cells[1].strip() + " " + cells[2].strip())
                .toList();
        assertThat(listed)
                .containsExactlyElementsOf(Arrays.stream(EventType.values())
                        .map(type -> "`%s` %s"
                                .formatted(
                                        type.eventName(), type.severity().name().toLowerCase(Locale.ROOT)))
                        .toList());
    }
}
