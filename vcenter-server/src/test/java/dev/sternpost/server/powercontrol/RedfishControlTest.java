package dev.sternpost.server.powercontrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.server.powercontrol.PowerAnswer.MachinePower;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RedfishControlTest {
    @TempDir
    private Path directory;

    private FakeController controller;
    private PowerControl control;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException, InterruptedException {
        controller = new FakeController(directory);
        control = control(controller.address(), "calvin", controller.fingerprint());
    }

    @AfterEach
    void stop() {
        controller.close();
    }

    private static PowerControl control(URI address, String password, String trust) {
        return new RedfishControl(new RedfishControl.Controller(address, "root", password, trust));
    }

    @Test
    void it_tells_the_power_and_switches_it_and_knows_when_it_was_so_already() {
        assertThat(control.state()).isEqualTo(new PowerAnswer.Is(MachinePower.OFF));
        assertThat(control.on()).isEqualTo(new PowerAnswer.Done());
        assertThat(control.on()).isEqualTo(new PowerAnswer.Already());
        assertThat(control.state()).isEqualTo(new PowerAnswer.Is(MachinePower.ON));
        assertThat(control.off()).isEqualTo(new PowerAnswer.Done());
        assertThat(controller.resets).containsExactly("{\"ResetType\":\"On\"}", "{\"ResetType\":\"ForceOff\"}");
        controller.power = "PoweringOn";
        assertThat(control.state()).isEqualTo(new PowerAnswer.Is(MachinePower.UNKNOWN));
    }

    @Test
    @Timeout(60)
    void one_that_begins_an_answer_and_never_ends_it_is_not_waited_for() throws GeneralSecurityException {
        controller.stall = new CountDownLatch(1);
        PowerControl patient = new RedfishControl(
                new RedfishControl.Controller(controller.address(), "root", "calvin", controller.fingerprint()),
                Duration.ofSeconds(1));
        assertThat(patient.state())
                .isInstanceOfSatisfying(
                        PowerAnswer.Unreachable.class,
                        answer -> assertThat(answer.toString()).contains("does not end its answer"));
    }

    @Test
    void wrong_credentials_are_told_apart() throws GeneralSecurityException {
        PowerControl stranger = control(controller.address(), "guess", controller.fingerprint());
        assertThat(stranger.on()).isInstanceOf(PowerAnswer.CredentialsRefused.class);
        assertThat(controller.resets).isEmpty();
    }

    @Test
    void a_certificate_that_is_not_trusted_is_not_talked_to() {
        String other = "sha256:" + "00".repeat(32);
        assertThat(control(controller.address(), "calvin", other).on()).isInstanceOf(PowerAnswer.Unreachable.class);
        assertThat(control(controller.address(), "calvin", "").on()).isInstanceOf(PowerAnswer.Unreachable.class);
        assertThat(controller.resets).isEmpty();
    }

    @Test
    void nobody_there_is_unreachable() throws GeneralSecurityException {
        URI address = controller.address();
        String fingerprint = controller.fingerprint();
        controller.close();
        assertThat(control(address, "calvin", fingerprint).state()).isInstanceOf(PowerAnswer.Unreachable.class);
    }

    @Test
    void what_the_controller_cannot_do_is_told_in_its_words() throws GeneralSecurityException {
        controller.resetStatus = 500;
        assertThat(control.on()).isEqualTo(new PowerAnswer.Failed("it answers 500: fan missing"));
        controller.systems = 2;
        assertThat(control.on()).isInstanceOf(PowerAnswer.Failed.class);
        URI named = controller.address().resolve("/redfish/v1/Systems/437XR1138R2");
        assertThat(control(named, "calvin", controller.fingerprint()).state())
                .isEqualTo(new PowerAnswer.Is(MachinePower.OFF));
    }

    @Test
    void a_magic_packet_is_six_bytes_ff_and_the_address_sixteen_times() {
        byte[] packet = WakeOnLan.packet("52:54:00:12:34:56");
        assertThat(packet).hasSize(102).startsWith(new int[] {255, 255, 255, 255, 255, 255, 0x52, 0x54, 0});
        assertThat(packet).endsWith(0x12, 0x34, 0x56);
        assertThat(new WakeOnLan("52:54:00:12:34:56", sent -> 0).on()).isInstanceOf(PowerAnswer.Unreachable.class);
        assertThat(new WakeOnLan("52:54:00:12:34:56", sent -> 2).on()).isEqualTo(new PowerAnswer.Done());
        assertThat(WakeOnLan.isMacAddress("ff:ff:ff:ff:ff:ff")).isFalse();
        assertThat(WakeOnLan.isMacAddress("52:54:00:12:34")).isFalse();
    }
}
