package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.network.NetworkPort;
import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.NicShape;
import dev.sternpost.agent.vmdirectory.Provisioning;
import dev.sternpost.agent.vmdirectory.VmHardware;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.testkit.Property;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class CommandLineTest {

    private static final long MIB = 1 << 20;
    private static final Pattern ADDRESS = Pattern.compile("bus=pcie\\.0,addr=(0x[0-9a-f]+\\.[0-7])");
    private static final Path DIRECTORY = Path.of("/ds/my, vm");
    private static final Path RUN = Path.of("/run/a,b/vm-17");

    // ---- machine ----

    @Test
    void a_guest_gets_what_it_booted_on_and_a_new_one_what_this_qemu_has_to_offer() {
        List<String> fresh = build("tcg", shape(64 * MIB));
        assertThat(value(fresh, "-cpu")).isEqualTo("Nehalem");
        assertThat(value(fresh, "-machine")).startsWith("pc-q35-7.2,");
        List<String> arrived =
                build("tcg", shape(64 * MIB).withHardware(new VmHardware("pc-q35-6.1", "Westmere,+aes")));
        assertThat(value(arrived, "-cpu")).isEqualTo("Westmere,+aes");
        assertThat(value(arrived, "-machine")).startsWith("pc-q35-6.1,");
    }

    @Test
    void what_qemu_says_of_cpu_models_is_read_and_models_nobody_asks_for_are_left_out() {
        String answer = """
                {"QMP": {"version": {}}}
                {"return": {}}
                {"return": [{"name": "SandyBridge-v1", "unavailable-features": []},\
                {"name": "SandyBridge", "unavailable-features": ["x2apic", "aes", "aes"]},                {"name": "athlon"}, {"name": "EPYC-Rome", "unavailable-features": []}], "id": "models"}
                """;
        assertThat(CpuModels.read(answer).missingFeatures())
                .isEqualTo(Map.of("SandyBridge", List.of("aes", "x2apic"), "EPYC-Rome", List.of()));
        assertThat(CpuModels.read("")).isEqualTo(GuestCpus.UNKNOWN);
    }

    @Test
    void the_qemu_of_this_machine_tells_which_cpu_models_it_can_emulate() {
        assertThat(CpuModels.ask(QemuProgram.BINARY, "tcg").missingFeatures())
                .containsEntry("qemu64", List.of())
                .containsKeys("Nehalem", "EPYC", "Icelake-Server-noTSX");
        assertThat(CpuModels.ask("/bin/false", "tcg")).isEqualTo(GuestCpus.UNKNOWN);
    }

    // ---- memory ----

    @ParameterizedTest
    @CsvSource({
        "32, 32776k",
        "64, 65544k",
        "128, 131080k",
        "4096, 4194312k",
    })
    void an_emulated_guest_gets_a_little_more_memory_so_that_every_page_it_writes_is_seen(long mebibytes, String size) {
        assertThat(value(build("tcg", shape(mebibytes * MIB)), "-m")).isEqualTo(size);
    }

    @Test
    void no_emulated_guest_has_a_size_that_qemu_reads_carelessly_and_none_loses_memory() {
        Property.holds("the odd memory size", random -> {
            long memoryBytes = random.between(32L, 6L << 20) * MIB;
            String size = value(build("tcg", shape(memoryBytes)), "-m");
            long bytes = Long.parseLong(size.substring(0, size.length() - 1)) << 10;
            assertThat(bytes % (256 << 10)).isNotZero();
            assertThat(bytes - memoryBytes).isEqualTo(8 << 10);
        });
    }

    @Test
    void a_guest_on_kvm_has_exactly_the_memory_wished() {
        assertThat(value(build("kvm", shape(64 * MIB)), "-m")).isEqualTo("65536k");
        assertThat(value(build("kvm", shape(64 * MIB)), "-accel")).isEqualTo("kvm");
        assertThat(value(build("tcg", shape(64 * MIB)), "-accel")).startsWith("tcg,");
    }

    // ---- firmware ----

    @Test
    void a_bios_guest_has_no_flash() {
        assertThat(String.join(" ", build("tcg", shape(64 * MIB)))).doesNotContain("pflash");
    }

    @Test
    void a_uefi_guest_has_code_it_cannot_write_and_variables_of_its_own() {
        List<String> line = build("tcg", uefi());

        assertThat(value(line, "-machine")).contains(",pflash0=pflash0,pflash1=pflash1");
        assertThat(blockdev(line, "pflash0")).contains("\"read-only\":true").contains(QemuProgram.UEFI_CODE.toString());
        assertThat(blockdev(line, "pflash1"))
                .doesNotContain("read-only")
                .contains("\"filename\":\"/ds/my, vm/app.nvram\"");
    }

    // ---- devices ----

    @Test
    void every_device_has_a_slot_that_does_not_depend_on_the_others() {
        List<String> few = build("tcg", shape(64 * MIB, disks(1), nics(1)));
        List<String> many = build("tcg", shape(64 * MIB, disks(16), nics(10)));

        for (String id : List.of("vga0", "vser0", "balloon0", "rng", "panic0", "disk0", "nic0", "port0", "port7")) {
            assertThat(device(many, id)).as(id).isEqualTo(device(few, id));
        }
        Set<String> addresses = new TreeSet<>();
        List<String> twice = new ArrayList<>();
        for (String word : many) {
            Matcher matcher = ADDRESS.matcher(word);
            if (matcher.find() && !addresses.add(matcher.group(1))) {
                twice.add(word);
            }
        }
        assertThat(twice).isEmpty();
        assertThat(addresses).hasSize(5 + 16 + 10 + 8);
    }

    @Test
    void disks_boot_in_order_and_stop_the_guest_when_they_fail() {
        List<String> line = build("tcg", shape(64 * MIB, disks(9), List.of()));

        assertThat(device(line, "disk0")).contains("bootindex=1").contains("werror=stop,rerror=stop");
        assertThat(device(line, "disk8")).contains("bootindex=9").contains("addr=0x11.0");
        assertThat(blockdev(line, "disk-disk3")).contains("\"filename\":\"/ds/my, vm/d3,\\\"x\\\".qcow2\"");
    }

    @Test
    void a_card_is_joined_to_the_port_made_for_it() {
        VmShape shape = shape(64 * MIB, List.of(), nics(2));
        List<String> line = new CommandLine(
                        program("tcg"),
                        launch(shape, new LaunchMode.Cold()),
                        new RunFiles(RUN),
                        List.of(new NetworkPort.Tap("t17n0"), new NetworkPort.User()))
                .build();

        assertThat(line)
                .contains("tap,id=net-nic0,ifname=t17n0,script=no,downscript=no,vnet_hdr=off", "user,id=net-nic1");
        assertThat(device(line, "nic1")).contains("netdev=net-nic1,mac=52:54:00:00:00:01");
    }

    @Test
    void commas_in_paths_do_not_become_options() {
        List<String> line = build("tcg", shape(64 * MIB));

        assertThat(line)
                .contains("unix:/run/a,,b/vm-17/qmp,server=on,wait=off", "unix:/run/a,,b/vm-17/vnc")
                .anySatisfy(word -> assertThat(word).contains("logfile=/ds/my,, vm/app-serial.log,logappend=on"));
        assertThat(value(line, "-pidfile")).as("not an option list").isEqualTo("/run/a,b/vm-17/pid");
    }

    @ParameterizedTest
    @CsvSource({
        "App 1, app-1",
        "web.example.org, web-example-org",
        "--x--, x",
        "'Büro, Süd', b-ro-s-d",
        "日本, vm-17",
        "'a,string=/etc/passwd', a-string-etc-passwd",
    })
    void the_guests_host_name_is_made_of_its_display_name(String displayName, String hostName) {
        assertThat(CommandLine.hostName(displayName, "vm-17")).isEqualTo(hostName);
    }

    @Test
    void a_host_name_is_as_long_as_a_label_may_be_and_ends_with_a_letter() {
        assertThat(CommandLine.hostName("a".repeat(62) + " bcd", "vm-17")).isEqualTo("a".repeat(62));
        assertThat(CommandLine.hostName("a".repeat(80), "vm-17")).hasSize(63);
    }

    // ---- life ----

    @Test
    void every_process_begins_paused_and_only_those_that_wait_for_memory_wait_for_it() {
        VmShape shape = shape(64 * MIB);

        assertThat(build("tcg", shape)).contains("-S").doesNotContain("-incoming");
        for (LaunchMode mode :
                List.of(new LaunchMode.Incoming("mig-1"), new LaunchMode.ResumeFromSuspend(Path.of("/ds/x.vmss")))) {
            assertThat(build("tcg", launch(shape, mode))).contains("-S").containsSequence("-incoming", "defer");
        }
    }

    @Test
    void source_and_target_of_a_migration_differ_in_nothing_but_the_wait() {
        VmShape shape = shape(64 * MIB, disks(2), nics(1));
        List<String> target = build("tcg", launch(shape, new LaunchMode.Incoming("mig-1")));

        target.subList(target.indexOf("-incoming"), target.indexOf("-incoming") + 2)
                .clear();
        assertThat(target).isEqualTo(build("tcg", shape));
    }

    @Test
    void the_process_is_kept_in_a_sandbox() {
        assertThat(value(build("tcg", shape(64 * MIB)), "-sandbox"))
                .isEqualTo("on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        assertThat(build("tcg", shape(64 * MIB))).contains("-nodefaults", "-no-user-config");
    }

    @Test
    void qemu_itself_understands_the_largest_machine_there_is() throws Exception {
        Path scratch = Files.createTempDirectory(Path.of("/tmp"), "spc");
        try {
            Path run = Files.createDirectory(scratch.resolve("vm-17"));
            VmShape shape = shape(64 * MIB, disks(16), nics(10));
            for (DiskShape disk : shape.disks()) {
                HostCommand.require(
                        Duration.ofSeconds(20),
                        List.of(
                                "qemu-img",
                                "create",
                                "-q",
                                "-f",
                                "qcow2",
                                "" + scratch.resolve(disk.fileName()),
                                "1M"));
            }
            VmLaunch launch = new VmLaunch(shape, scratch, "app", 1, new LaunchMode.Cold());
            List<String> line = new CommandLine(
                            QemuProgram.find(new QemuConfig(
                                    scratch, "", QemuHarness.owner(), QemuConfig.AcceleratorWish.TCG, "")),
                            launch,
                            new RunFiles(run),
                            IntStream.range(0, 10)
                                    .<NetworkPort>mapToObj(i -> new NetworkPort.User())
                                    .toList())
                    .build();
            // A monitor on standard input, which says "quit" as soon as the machine is built.
            List<String> asked = new ArrayList<>(line);
            asked.addAll(List.of("-monitor", "stdio"));

            HostCommand.Output output = HostCommand.run(Duration.ofSeconds(30), "quit\n", asked);

            assertThat(output.exitCode()).as(output.standardError()).isZero();
        } finally {
            HostCommand.require(Duration.ofSeconds(10), List.of("rm", "-r", scratch.toString()));
        }
    }

    private static List<String> build(String accelerator, VmShape shape) {
        return build(accelerator, launch(shape, new LaunchMode.Cold()));
    }

    private static List<String> build(String accelerator, VmLaunch launch) {
        List<NetworkPort> ports = launch.shape().nics().stream()
                .<NetworkPort>map(nic -> new NetworkPort.User())
                .toList();
        return new CommandLine(program(accelerator), launch, new RunFiles(RUN), ports).build();
    }

    private static VmLaunch launch(VmShape shape, LaunchMode mode) {
        return new VmLaunch(shape, DIRECTORY, "app", 1, mode);
    }

    private static QemuProgram program(String accelerator) {
        return new QemuProgram(
                "qemu",
                "7.2",
                "pc-q35-7.2",
                new Accelerator(accelerator, "a test"),
                "Nehalem",
                List.of(),
                false,
                GuestCpus.UNKNOWN);
    }

    private static String value(List<String> line, String option) {
        return line.get(line.indexOf(option) + 1);
    }

    private static String device(List<String> line, String id) {
        return line.stream()
                .filter(word -> word.contains(",id=" + id + ",") && word.contains("bus=pcie.0"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + id));
    }

    private static String blockdev(List<String> line, String node) {
        return line.stream()
                .filter(word -> word.contains("\"node-name\":\"" + node + "\""))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + node));
    }

    private static VmShape uefi() {
        return new VmShape("vm-17", "app", new UUID(1, 2), 1, 64 * MIB, Firmware.UEFI, List.of(), List.of(), "");
    }

    private static VmShape shape(long memoryBytes) {
        return shape(memoryBytes, List.of(), List.of());
    }

    private static VmShape shape(long memoryBytes, List<DiskShape> disks, List<NicShape> nics) {
        return new VmShape("vm-17", "app", new UUID(1, 2), 2, memoryBytes, Firmware.BIOS, disks, nics, "");
    }

    private static List<DiskShape> disks(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new DiskShape("disk" + i, MIB, Provisioning.THIN, "d" + i + ",\"x\".qcow2", 0))
                .toList();
    }

    private static List<NicShape> nics(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new NicShape("nic" + i, "lan", "52:54:00:00:00:0" + i))
                .toList();
    }
}
