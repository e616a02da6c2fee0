package dev.sternpost.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What can happen is explained to those it happens to, and keeps its name and number. */
class CatalogueTest {
    private static final Path FAULTS = Path.of("docs/faults.md");
    private static final Path EVENTS = Path.of("docs/events.md");

    @Test
    void every_fault_is_explained_under_its_name_number_and_kind() {
        Map<String, String> rows = Catalogue.rows(FAULTS);
        List<Enum<?>> codes = Catalogue.constantsOf("dev.sternpost.inventory.fault.FaultCode");
        assertThat(codes).allSatisfy(code -> {
            assertThat(rows).containsKey(code.name());
            assertThat(rows.get(code.name()))
                    .as("%s, whose number never changes", code)
                    .containsPattern("\\b" + Catalogue.valueOf(code, "number") + "\\b")
                    .containsIgnoringCase(String.valueOf(Catalogue.valueOf(code, "kind")));
        });
        assertThat(rows.keySet())
                .as("a fault that is gone stays on the page as retired, without code quotes")
                .isEqualTo(codes.stream().map(Enum::name).collect(Collectors.toSet()));
    }

    @Test
    void every_event_is_explained_under_its_name() {
        assertThat(Catalogue.rows(EVENTS).keySet())
                .isEqualTo(Catalogue.constantsOf("dev.sternpost.inventory.event.EventType").stream()
                        .map(type -> String.valueOf(Catalogue.valueOf(type, "eventName")))
                        .collect(Collectors.toSet()));
    }
}
