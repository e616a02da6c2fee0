package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.qemu.QemuConfig.AcceleratorWish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceleratorTest {

    @TempDir
    Path directory;

    private Path device;
    private Path cpuInfo;

    @BeforeEach
    void name() throws IOException {
        device = Files.createFile(directory.resolve("kvm"));
        cpuInfo = directory.resolve("cpuinfo");
    }

    private Accelerator choose(AcceleratorWish wish, String flags) throws IOException {
        Files.writeString(
                cpuInfo, "processor\t: 0\nvendor_id\t: x\nflags\t\t: fpu " + flags + " sse2\nbugs\t\t: svm\n");
        return Accelerator.choose(wish, device, cpuInfo);
    }

    @Test
    void kvm_is_used_when_the_device_opens_and_the_processor_can() throws IOException {
        assertThat(choose(AcceleratorWish.AUTO, "vmx").name()).isEqualTo("kvm");
        assertThat(choose(AcceleratorWish.AUTO, "svm").name()).isEqualTo("kvm");
    }

    @Test
    void a_device_that_opens_on_a_processor_that_cannot_is_not_used() throws IOException {
        assertThat(choose(AcceleratorWish.AUTO, "vme svml")).satisfies(chosen -> {
            assertThat(chosen.name()).isEqualTo("tcg");
            assertThat(chosen.reason()).contains("vmx").contains("although");
        });
        Files.delete(cpuInfo);
        assertThat(Accelerator.choose(AcceleratorWish.AUTO, device, cpuInfo).name())
                .isEqualTo("tcg");
    }

    @Test
    void without_the_device_guests_are_emulated_and_the_reason_says_so() throws IOException {
        Files.delete(device);

        assertThat(choose(AcceleratorWish.AUTO, "vmx")).satisfies(chosen -> {
            assertThat(chosen.name()).isEqualTo("tcg");
            assertThat(chosen.reason()).contains("cannot be opened");
        });
    }

    @Test
    void what_an_administrator_asks_for_is_done() throws IOException {
        assertThat(choose(AcceleratorWish.TCG, "vmx").name()).isEqualTo("tcg");
        Files.delete(device);
        assertThat(choose(AcceleratorWish.KVM, "").name()).isEqualTo("kvm");
    }
}
