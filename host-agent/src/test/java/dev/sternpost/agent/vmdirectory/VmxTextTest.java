package dev.sternpost.agent.vmdirectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmxTextTest {

    private static final List<String> PIECES = List.of(
            "a = \"b\"\n", "#", "\"", "|", "|22", "|zz", "=", " ", "\n", "\r\n", "key", "ä", "\u2028", "\0", "|C3|BC");

    @Test
    void a_value_is_found_whatever_the_case_of_its_key() {
        assertThat(parse("displayName = \"app\"").find("DISPLAYNAME")).contains("app");
        assertThat(parse("DISPLAYname=\"app\"").find("displayName")).contains("app");
        assertThat(parse("  displayName\t=   \"app\"  ").find("displayName")).contains("app");
        assertThat(parse("displayName = \"app\"").find("display")).isEmpty();
    }

    @Test
    void what_is_not_ours_keeps_its_place_and_its_form() {
        String foreign = "#!/usr/bin/vm\n\nvirtualHW.version = \"21\"\n   # said by a person\nmemSize = \"64\"\n";
        VmxText text = parse(foreign);

        text.set("MEMSIZE", "128");
        text.set("annotation", "new");

        assertThat(written(text)).isEqualTo(foreign.replace("64", "128") + "annotation = \"new\"\n");
    }

    @Test
    void values_that_would_break_the_line_are_written_as_bytes() {
        VmxText text = new VmxText();
        text.set("annotation", "a \"quoted\" | line\nand a tab\t");

        assertThat(written(text)).isEqualTo("annotation = \"a |22quoted|22 |7C line|0Aand a tab|09\"\n");
        assertThat(parse(written(text)).find("annotation")).contains("a \"quoted\" | line\nand a tab\t");
    }

    @Test
    void bytes_of_one_letter_may_come_one_by_one() {
        assertThat(parse("name = \"M|C3|BCller\"").find("name")).contains("Müller");
        assertThat(parse("name = \"no|escape |2\"").find("name")).contains("no|escape |2");
    }

    @Test
    void keys_are_removed_by_what_they_are_called_in_lower_case() {
        VmxText text = parse("ethernet0.present = \"x\"\n# stays\nETHERNET0.Address = \"y\"\nother = \"z\"\n");

        text.removeKeys(key -> key.startsWith("ethernet0."));

        assertThat(written(text)).isEqualTo("# stays\nother = \"z\"\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = b",
                "a = \"b",
                "= \"b\"",
                "a b = \"c\"",
                "a = \"b\" c",
                "a = \"b\"c\"",
                "a \"b\"",
                "ä = \"b\"",
            })
    void a_line_of_another_form_is_refused_by_its_number(String line) {
        assertThatThrownBy(() -> parse("x = \"1\"\n" + line + "\n"))
                .isInstanceOfSatisfying(FaultException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.VM_DIRECTORY_UNREADABLE);
                    assertThat(fault.getMessage()).contains("file.vmx line 2");
                });
    }

    @Test
    void a_key_given_twice_is_refused_since_nobody_knows_which_one_counts() {
        assertThatThrownBy(() -> parse("memSize = \"64\"\n\nMEMSIZE = \"128\"\n"))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("line 3")
                .hasMessageContaining("line 1");
    }

    @Test
    void text_that_is_no_text_is_refused() {
        assertThatThrownBy(() -> VmxText.parse(new byte[] {'a', (byte) 0xff}, "file.vmx"))
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> parse("a = \"|FF\"")).hasMessageContaining("escape");
    }

    @Test
    void what_is_too_large_is_refused() {
        assertThatThrownBy(() -> VmxText.parse(new byte[VmxText.BYTES_MAX + 1], "file.vmx"))
                .hasMessageContaining("1 MiB");
        assertThatThrownBy(() -> parse("\n".repeat(VmxText.LINES_MAX + 1))).hasMessageContaining("lines");
        assertThatThrownBy(() -> parse("a = \"" + "x".repeat(VmxText.VALUE_CHARS_MAX + 1) + "\""))
                .hasMessageContaining("64 KiB");
        parse("\n".repeat(VmxText.LINES_MAX));
        parse("a = \"" + "x".repeat(VmxText.VALUE_CHARS_MAX) + "\"");
    }

    @Test
    void whatever_is_set_is_read_again() {
        Property.holds("values survive writing and reading", random -> {
            VmxText text = new VmxText();
            Map<String, String> values = new LinkedHashMap<>();
            for (int i = random.sized(1, 20); i > 0; i--) {
                String key = random.word(6) + "." + i;
                String value = anyText(random);
                values.put(key, value);
                text.set(random.chance(0.5) ? key : key.toUpperCase(Locale.ROOT), value);
            }
            VmxText again = VmxText.parse(text.bytes(), "file.vmx");
            values.forEach((key, value) -> assertThat(again.find(key)).contains(value));
            assertThat(again.bytes()).isEqualTo(text.bytes());
        });
    }

    @Test
    void any_bytes_are_read_or_refused_and_what_was_read_is_written_the_same_for_ever() {
        Property.holds("a .vmx is read or refused", 2000, random -> {
            StringBuilder source = new StringBuilder();
            for (int i = random.sized(0, 30); i > 0; i--) {
                source.append(random.chance(0.8) ? random.pick(PIECES) : anyText(random));
            }
            byte[] bytes = source.toString().getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0 && random.chance(0.1)) {
                bytes[random.between(0, bytes.length - 1)] = (byte) random.between(0, 255);
            }
            VmxText read;
            try {
                read = VmxText.parse(bytes, "file.vmx");
            } catch (FaultException e) {
                assertThat(e.code()).isEqualTo(FaultCode.VM_DIRECTORY_UNREADABLE);
                return;
            }
            byte[] once = read.bytes();
            assertThat(VmxText.parse(once, "file.vmx").bytes()).isEqualTo(once);
        });
    }

    /** Letters of one, two and three bytes, pairs, and what separates lines here or elsewhere. */
    private static String anyText(Generator random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.sized(0, 20); i > 0; i--) {
            text.appendCodePoint(
                    switch (random.between(0, 5)) {
                        case 0 -> random.between(0, 0x1f);
                        case 1 -> random.pick(List.of((int) '"', (int) '|', 0x7f, 0x85, 0x2028, 0x2029));
                        case 2 -> random.between(0xa0, 0x7ff);
                        case 3 -> random.between(0x10000, 0x10ffff);
                        default -> random.between(0x20, 0x7e);
                    });
        }
        return text.toString();
    }

    private static VmxText parse(String text) {
        return VmxText.parse(text.getBytes(StandardCharsets.UTF_8), "file.vmx");
    }

    private static String written(VmxText text) {
        return new String(text.bytes(), StandardCharsets.UTF_8);
    }
}
