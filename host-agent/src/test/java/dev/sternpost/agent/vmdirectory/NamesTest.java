package dev.sternpost.agent.vmdirectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"app-1", "Büro 3", "..a", "a..", "日本", "a,b=c\"d'e$(f)", "-rf"})
    void a_name_people_like_is_let_through(String name) {
        assertThat(Names.checkDisplayName(name, "name")).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "/", " a", "a ", "a\nb", "a\0b", "a\u202eb", "a\u200bb", "\u007f"})
    void a_name_that_leads_elsewhere_or_looks_like_another_is_refused(String name) {
        assertThatThrownBy(() -> Names.checkDisplayName(name, "the name"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the name");
    }

    @Test
    void names_have_a_longest_length() {
        Names.checkDisplayName("x".repeat(80), "name");
        assertThatThrownBy(() -> Names.checkDisplayName("x".repeat(81), "name")).hasMessageContaining("80");
        Names.checkFileName("x".repeat(200), "file");
        assertThatThrownBy(() -> Names.checkFileName("x".repeat(201), "file")).hasMessageContaining("200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vm-1", "vm-0", "vm-123456789012345678"})
    void an_id_of_a_virtual_machine_is_a_number(String vmId) {
        assertThat(VmShape.checkVmId(vmId)).isEqualTo(vmId);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "vm-", "vm-x", "VM-1", "vm-1 ", "vm-1234567890123456789", "vm-1/../..", "host-1", "vm-٣"})
    void what_is_no_id_becomes_no_file_name(String vmId) {
        assertThatThrownBy(() -> VmShape.checkVmId(vmId)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "52:54:00:00:00:1",
                "53:54:00:00:00:17",
                "52:54:00:00:00:1G",
                "52-54-00-00-00-17",
                "52:54:00:00:00:17,id=x",
                "52:54:00:AA:00:17"
            })
    void a_mac_address_that_no_card_can_have_is_refused(String mac) {
        assertThatThrownBy(() -> new NicShape("nic0", "lan", mac)).hasMessageContaining("nic0");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -512, 511, 513, (62L << 40) + 512, Long.MAX_VALUE})
    void a_disk_of_an_impossible_size_is_refused(long capacityBytes) {
        assertThatThrownBy(() -> new DiskShape("disk0", capacityBytes, Provisioning.THIN, "", 0))
                .hasMessageContaining("disk0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Disk0", "0disk", "disk-0", "disk0,id=x", "d234567890123456789012345678901234"})
    void a_label_that_is_more_than_a_word_is_refused(String label) {
        assertThatThrownBy(() -> new DiskShape(label, 512, Provisioning.THIN, "", 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_shape_has_bounds_on_everything_it_counts() {
        List<DiskShape> disks = java.util.stream.IntStream.range(0, 17)
                .mapToObj(i -> new DiskShape("disk" + i, 512, Provisioning.THIN, "", 0))
                .toList();
        shape(64, 32L << 20, disks.subList(0, 16), "x".repeat(4096));

        assertThatThrownBy(() -> shape(65, 32L << 20, List.of(), "")).hasMessageContaining("CPU");
        assertThatThrownBy(() -> shape(1, (32L << 20) + 1, List.of(), "")).hasMessageContaining("MiB");
        assertThatThrownBy(() -> shape(1, (6L << 40) + (1 << 20), List.of(), ""))
                .hasMessageContaining("TiB");
        assertThatThrownBy(() -> shape(1, 32L << 20, disks, "")).hasMessageContaining("disks");
        assertThatThrownBy(() -> shape(1, 32L << 20, List.of(), "x".repeat(4097)))
                .hasMessageContaining("annotation");
    }

    @Test
    void words_on_the_wire_are_read_as_they_are_written_and_no_others() {
        for (Provisioning provisioning : Provisioning.values()) {
            assertThat(Provisioning.ofWord(provisioning.word())).isEqualTo(provisioning);
        }
        for (Firmware firmware : Firmware.values()) {
            assertThat(Firmware.ofWord(firmware.word())).isEqualTo(firmware);
        }
        assertThatThrownBy(() -> Provisioning.ofWord("THIN")).hasMessageContaining("thickLazy");
        assertThatThrownBy(() -> Firmware.ofWord("efi")).hasMessageContaining("uefi");
    }

    private static VmShape shape(int cpuCount, long memoryBytes, List<DiskShape> disks, String annotation) {
        return new VmShape(
                "vm-1", "a", new UUID(1, 2), cpuCount, memoryBytes, Firmware.BIOS, disks, List.of(), annotation);
    }
}
