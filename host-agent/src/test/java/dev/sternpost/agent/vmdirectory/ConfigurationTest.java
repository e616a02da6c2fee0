package dev.sternpost.agent.vmdirectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

    private static final String SMALLEST = """
            sternpost.vmId = "vm-17"
            displayName = "app-1"
            uuid.bios = "6b1c8d2e-1d3f-4a57-9a0c-0a1b2c3d4e5f"
            numvcpus = "2"
            memSize = "64"
            """;

    @Test
    void what_is_missing_has_the_value_everybody_expects() {
        VmShape shape = read(SMALLEST);

        assertThat(shape.vmId()).isEqualTo("vm-17");
        assertThat(shape.memoryBytes()).isEqualTo(64L << 20);
        assertThat(shape.firmware()).isEqualTo(Firmware.BIOS);
        assertThat(shape.disks()).isEmpty();
        assertThat(shape.nics()).isEmpty();
        assertThat(shape.annotation()).isEmpty();
        assertThat(read(SMALLEST + "firmware = \"UEFI\"").firmware()).isEqualTo(Firmware.UEFI);
    }

    @Test
    void a_shape_is_read_as_it_was_written() {
        Property.holds("shapes survive writing and reading", random -> {
            VmShape shape = anyShape(random);
            VmxText text = new VmxText();
            Configuration.write(shape, text);
            assertThat(Configuration.read(VmxText.parse(text.bytes(), "x"), "x"))
                    .isEqualTo(shape);
        });
    }

    @Test
    void writing_over_any_other_shape_leaves_nothing_of_it() {
        Property.holds("the last shape counts", random -> {
            VmxText text = new VmxText();
            Configuration.write(anyShape(random), text);
            VmShape last = anyShape(random);
            Configuration.write(last, text);
            assertThat(Configuration.read(text, "x")).isEqualTo(last);
        });
    }

    @Test
    void the_machine_that_was_fixed_stays_when_a_wish_says_nothing_of_it() {
        VmShape wish = read(SMALLEST);
        assertThat(wish.hardware()).isEqualTo(VmHardware.NONE);
        VmxText text = VmxText.parse(SMALLEST.getBytes(StandardCharsets.UTF_8), "x");
        VmHardware fixed = new VmHardware("pc-q35-7.2", "Nehalem,+aes");
        Configuration.write(wish.withHardware(fixed), text);
        Configuration.write(wish, text);
        assertThat(Configuration.read(text, "x").hardware()).isEqualTo(fixed);
    }

    @Test
    void a_machine_that_is_none_is_refused() {
        String fixed = SMALLEST + "sternpost.cpuModel = \"Nehalem\"\n";
        assertUnreadable(fixed, "a type and a model");
        assertUnreadable(fixed + "sternpost.machineType = \"q35 -S\"", "no type of machine");
        assertUnreadable(SMALLEST + "sternpost.machineType = \"q35\"\nsternpost.cpuModel = \"-S\"", "no model of CPU");
    }

    @Test
    void a_device_that_is_gone_takes_all_its_lines_with_it_also_those_of_others() {
        VmxText text = VmxText.parse(
                (SMALLEST + "ethernet0.networkName = \"lan\"\nethernet0.address = \"52:54:00:00:00:01\"\n"
                                + "ethernet0.wakeOnLan = \"TRUE\"\nethernetCard.count = \"1\"\n")
                        .getBytes(StandardCharsets.UTF_8),
                "x");
        VmShape shape = Configuration.read(text, "x");
        assertThat(shape.nics()).hasSize(1);

        Configuration.write(
                new VmShape(
                        shape.vmId(),
                        shape.name(),
                        shape.uuid(),
                        2,
                        shape.memoryBytes(),
                        shape.firmware(),
                        List.of(),
                        List.of(),
                        ""),
                text);

        assertThat(new String(text.bytes(), StandardCharsets.UTF_8))
                .doesNotContain("ethernet0")
                .contains("ethernetCard.count");
    }

    @Test
    void devices_may_have_gaps_in_their_numbers() {
        VmShape shape = read(SMALLEST + disk(0, "a.qcow2") + disk(7, "b.qcow2"));

        assertThat(shape.disks()).extracting(DiskShape::fileName).containsExactly("a.qcow2", "b.qcow2");
        assertThat(shape.disks()).extracting(DiskShape::label).containsExactly("disk0", "disk7");
    }

    @ParameterizedTest
    @CsvSource({
        "../other/disk.qcow2",
        "/etc/shadow",
        "..",
        "sub/disk.qcow2",
    })
    void a_disk_outside_the_directory_is_refused(String fileName) {
        assertUnreadable(SMALLEST + disk(0, fileName), "virtio0:0.fileName");
    }

    @ParameterizedTest
    @CsvSource({
        "sternpost.vmId, 17",
        "sternpost.vmId, vm-1/../2",
        "displayName, ' '",
        "displayName, ..",
        "uuid.bios, 56 4d",
        "numvcpus, 0",
        "numvcpus, 65",
        "numvcpus, two",
        "memSize, 31",
        "memSize, 9223372036854775807",
        "memSize, -64",
        "memSize, 64.5",
    })
    void a_value_out_of_range_is_refused(String key, String value) {
        String text = SMALLEST.replaceAll("(?m)^" + key + " = .*$", key + " = \"" + value + "\"");
        assertThat(text).isNotEqualTo(SMALLEST);
        assertUnreadable(text, "file.vmx");
    }

    @Test
    void each_line_that_must_be_there_is_missed_by_name() {
        for (String line : SMALLEST.lines().toList()) {
            String key = line.substring(0, line.indexOf(' '));
            assertUnreadable(SMALLEST.replace(line, ""), key + " is missing");
        }
    }

    @Test
    void two_devices_of_one_label_are_refused() {
        assertUnreadable(
                SMALLEST + disk(0, "a.qcow2") + disk(1, "b.qcow2") + "virtio0:1.label = \"disk0\"\n",
                "two devices are labelled disk0");
    }

    private static String disk(int index, String fileName) {
        String key = "virtio0:" + index + ".";
        return key + "fileName = \"" + fileName + "\"\n" + key + "capacityBytes = \"1048576\"\n";
    }

    private static VmShape read(String text) {
        return Configuration.read(VmxText.parse(text.getBytes(StandardCharsets.UTF_8), "file.vmx"), "file.vmx");
    }

    private static void assertUnreadable(String text, String complaint) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.VM_DIRECTORY_UNREADABLE))
                .hasMessageContaining(complaint);
    }

    static VmShape anyShape(Generator random) {
        int disks = random.sized(0, VmShape.DISKS_MAX);
        int nics = random.sized(0, VmShape.NICS_MAX);
        return new VmShape(
                "vm-" + random.between(0, 999_999),
                random.pick(List.of("app", "Büro 3", "a\"b", "x|7C", "a=b", "#1", "日本")) + random.word(5),
                new UUID(random.between(0L, Long.MAX_VALUE), random.between(0L, Long.MAX_VALUE)),
                random.between(1, VmShape.CPU_COUNT_MAX),
                random.between(32L, 6L << 20) << 20,
                random.pick(Firmware.class),
                IntStream.range(0, disks)
                        .mapToObj(i -> new DiskShape(
                                "disk" + i,
                                random.between(1L, DiskShape.CAPACITY_BYTES_MAX / 512) * 512,
                                random.pick(Provisioning.class),
                                random.word(8) + " \"" + i + "\".qcow2",
                                0))
                        .toList(),
                IntStream.range(0, nics)
                        .mapToObj(i -> new NicShape(
                                "nic" + i,
                                "net " + random.word(4),
                                String.format("52:54:00:00:%02x:%02x", random.between(0, 255), i)))
                        .toList(),
                random.chance(0.5) ? "" : "line\nline \"two\"\t" + random.word(9),
                new VmHardware("pc-" + random.word(4), random.word(5) + ",+aes"));
    }
}
