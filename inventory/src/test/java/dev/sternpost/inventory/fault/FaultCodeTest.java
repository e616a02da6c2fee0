package dev.sternpost.inventory.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class FaultCodeTest {
    @Test
    void codes_are_found_by_name_and_number() {
        for (FaultCode code : FaultCode.values()) {
            assertThat(FaultCode.named(code.name())).contains(code);
            assertThat(FaultCode.numbered(code.number())).contains(code);
        }
        assertThat(FaultCode.named("NO_SUCH_FAULT")).isEmpty();
        assertThat(FaultCode.numbered(0)).isEmpty();
    }

    @Test
    void the_catalogue_lists_every_code_with_number_and_kind_and_what_to_do() throws Exception {
        List<String[]> rows =
                Files.readAllLines(Path.of(System.getProperty("sternpost.root"), "docs/faults.md")).stream()
                        .filter(row -> row.startsWith("| `"))
                        .map(row -> row.split("\\|"))
                        .toList();
        assertThat(rows.stream()
                        .map(cells -> "%s %s %s".formatted(cells[1].strip(), cells[2].strip(), cells[3].strip())))
                .containsExactlyElementsOf(Arrays.stream(FaultCode.values())
                        .map(code -> "`%s` %d %s"
                                .formatted(
                                        code.name(),
                                        code.number(),
                                        code.kind().name().toLowerCase(Locale.ROOT)))
                        .toList());
        assertThat(rows).allSatisfy(cells -> {
            assertThat(cells[4]).isNotBlank();
            assertThat(cells[5]).isNotBlank();
        });
    }

    @Test
    void a_fault_keeps_what_it_is_about_and_what_only_the_operator_sees() {
        Fault fault = Fault.of(FaultCode.VM_LOCKED, "It is locked by host-12. Power it off there.")
                .about("vm-7")
                .withContext("lck names host-12@3");
        assertThat(fault.kind()).isEqualTo(FaultKind.CONFLICT);
        assertThat(fault.subjectId()).isEqualTo("vm-7");
        assertThat(fault.exception())
                .hasMessage("VM_LOCKED: It is locked by host-12. Power it off there.")
                .hasNoCause();
        assertThatThrownBy(() -> Fault.of(FaultCode.VM_LOCKED, " ")).isInstanceOf(IllegalArgumentException.class);
    }
}
