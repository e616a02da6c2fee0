package dev.sternpost.server.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.power.ClusterPower;
import dev.sternpost.inventory.power.HostPowerSetup;
import dev.sternpost.inventory.power.PowerLevel;
import dev.sternpost.inventory.power.PowerMethod;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.power.PowerAdmin.ClusterWish;
import dev.sternpost.server.power.PowerAdmin.HostWish;
import dev.sternpost.server.powercontrol.SecretBox;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowerAdminTest {
    private static final String BMC = "https://bmc-1.example";

    @TempDir
    private Path home;

    private final PowerTestKit kit = new PowerTestKit();
    private SecretBox secrets = new SecretBox(Path.of("unused"));
    private PowerAdmin admin = kit.power.admin();

    @BeforeEach
    void with_a_key() {
        secrets = new SecretBox(home.resolve("secrets.key"));
        admin = new PowerAdmin(kit.datacenter.inventory(), new PowerBook(kit.datacenter.powerStore()), secrets);
    }

    private static HostWish redfish(@Nullable String address, @Nullable String password, @Nullable String trust) {
        return new HostWish(PowerMethod.REDFISH, address, "root", password, trust, null, null, false);
    }

    private static HostWish ipmi(@Nullable String address, String userName, @Nullable String password) {
        return new HostWish(PowerMethod.IPMI, address, userName, password, null, null, null, false);
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.REQUEST_INVALID));
    }

    @Test
    void a_cluster_is_managed_by_the_standard_until_somebody_says_otherwise() {
        ClusterPower before = admin.cluster("prod");
        assertThat(before).isEqualTo(ClusterPower.standard(before.clusterId()));
        assertThat(before.level()).isEqualTo(PowerLevel.OFF);
        ClusterPower after = admin.update("ada", "prod", new ClusterWish(PowerLevel.MANUAL, 50, 0, 3, 0, 1_000L, null));
        assertThat(after).isEqualTo(new ClusterPower(before.clusterId(), PowerLevel.MANUAL, 50, 0, 3, 0, 1_000, 0));
        assertThat(admin.cluster("prod")).isEqualTo(after);
        assertThat(kit.datacenter.powerStore().clusters()).containsExactly(after);
        assertThat(kit.told(EventType.CLUSTER_POWER_RECONFIGURED)).hasSize(1);
        admin.update("ada", "prod", new ClusterWish(null, 0, null, 0, null, null, null));
        assertThat(kit.told(EventType.CLUSTER_POWER_RECONFIGURED)).hasSize(1);
    }

    @Test
    void settings_that_make_no_sense_are_refused() {
        refused(() -> admin.update("ada", "prod", new ClusterWish(null, 90, 18, 0, null, null, null)));
        refused(() -> admin.update("ada", "prod", new ClusterWish(null, 0, null, -1, null, null, null)));
        refused(() -> admin.update("ada", "prod", new ClusterWish(null, 0, null, 0, 90_000, null, null)));
        refused(() -> admin.updateHost("ada", "h1", redfish("http://bmc", "secret", null)));
        refused(() -> admin.updateHost("ada", "h1", redfish("https://root:secret@bmc", "secret", null)));
        refused(() -> admin.updateHost("ada", "h1", redfish(BMC, "secret", "sha256:12")));
        refused(() -> admin.updateHost("ada", "h1", redfish(BMC, "a\nb", null)));
        refused(() -> admin.updateHost("ada", "h1", PowerTestKit.by(PowerMethod.WAKE_ON_LAN)));
        refused(() -> admin.updateHost(
                "ada",
                "h1",
                new HostWish(PowerMethod.COMMAND, null, null, null, null, "52:54:00:12:34:56", null, false)));
    }

    @Test
    void a_password_is_kept_encrypted_and_told_to_nobody() throws SecretBox.UnreadableException {
        PowerAdmin.HostView view = admin.updateHost("ada", "h1", redfish(BMC, "Zx9-secret", null));
        HostPowerSetup stored = kit.datacenter.powerStore().hosts().getFirst();
        assertThat(stored.sealedPassword()).isNotEmpty().doesNotContain("Zx9");
        assertThat(secrets.open(stored.hostId().value(), stored.sealedPassword()))
                .isEqualTo("Zx9-secret");
        assertThat(view.toString() + stored + redfish(BMC, "Zx9-secret", null))
                .doesNotContain("Zx9", stored.sealedPassword());
        assertThat(kit.told(EventType.HOST_POWER_RECONFIGURED))
                .singleElement()
                .asString()
                .doesNotContain("Zx9");
        assertThatThrownBy(() -> secrets.open("host-902", stored.sealedPassword()))
                .isInstanceOf(SecretBox.UnreadableException.class);
        assertThatThrownBy(() -> new SecretBox(home.resolve("other.key")).open("host-901", stored.sealedPassword()))
                .isInstanceOf(SecretBox.UnreadableException.class);
    }

    @Test
    void ipmi_is_kept_as_redfish_is_and_nothing_is_smuggled_in() throws SecretBox.UnreadableException {
        refused(() -> admin.updateHost("ada", "h1", ipmi(null, "fence", "secret")));
        refused(() -> admin.updateHost("ada", "h1", ipmi("https://bmc-1", "fence", "secret")));
        refused(() -> admin.updateHost("ada", "h1", ipmi("bmc-1 -v", "fence", "secret")));
        refused(() -> admin.updateHost("ada", "h1", ipmi("bmc-1", "fence\naction=on", "secret")));
        refused(() -> admin.updateHost("ada", "h1", ipmi("bmc-1", "fence", "secret\naction=on")));
        refused(() -> admin.updateHost("ada", "h1", ipmi("bmc-1", "fence", "123456789012345678901")));
        refused(() -> admin.updateHost("ada", "h1", ipmi("bmc-1", "12345678901234567", "secret")));
        HostWish trusting = new HostWish(
                PowerMethod.IPMI, "bmc-1", "fence", "secret", "sha256:" + "12".repeat(32), null, null, false);
        refused(() -> admin.updateHost("ada", "h1", trusting));
        assertThat(kit.datacenter.powerStore().hosts()).isEmpty();
        admin.updateHost("ada", "h1", ipmi("bmc-1:6230", "fence", "Zx9=secret"));
        HostPowerSetup stored = kit.datacenter.powerStore().hosts().getFirst();
        assertThat(stored.method()).isEqualTo(PowerMethod.IPMI);
        assertThat(stored.address()).isEqualTo("bmc-1:6230");
        assertThat(secrets.open(stored.hostId().value(), stored.sealedPassword()))
                .isEqualTo("Zx9=secret");
        refused(() -> admin.updateHost("eve", "h1", ipmi("evil.invalid", "fence", null)));
        assertThat(kit.datacenter.powerStore().hosts()).containsExactly(stored);
    }

    @Test
    void a_password_is_never_sent_elsewhere_than_where_it_was_given_for() {
        String trust = "sha256:" + "12".repeat(32);
        admin.updateHost("ada", "h1", redfish(BMC, "Zx9-secret", trust));
        HostPowerSetup before = kit.datacenter.powerStore().hosts().getFirst();
        refused(() -> admin.updateHost("eve", "h1", redfish("https://evil.invalid", null, null)));
        refused(() -> admin.updateHost("eve", "h1", redfish(null, null, "sha256:" + "34".repeat(32))));
        refused(() -> admin.updateHost("eve", "h1", new HostWish(null, null, "eve", null, null, null, null, false)));
        assertThat(kit.datacenter.powerStore().hosts()).containsExactly(before);
        admin.updateHost("ada", "h1", PowerTestKit.override(PowerLevel.MANUAL));
        admin.updateHost("ada", "h1", redfish("https://bmc-new.invalid", "Zx9-secret", null));
        assertThat(kit.datacenter.powerStore().hosts().getFirst().address()).isEqualTo("https://bmc-new.invalid");
    }

    @Test
    void another_way_to_wake_a_host_voids_what_was_shown_with_the_old_one() {
        kit.tested();
        admin = kit.power.admin();
        assertThat(admin.hosts("h1").getFirst().setup().wakes()).isTrue();
        admin.updateHost("ada", "h1", PowerTestKit.override(PowerLevel.MANUAL));
        assertThat(admin.hosts("h1").getFirst().setup().wakes()).isTrue();
        String mac = "52-54-00-AB-cd-01";
        HostPowerSetup after = admin.updateHost(
                        "ada", "h1", new HostWish(PowerMethod.WAKE_ON_LAN, null, null, null, null, mac, null, true))
                .setup();
        assertThat(after.macAddress()).isEqualTo("52:54:00:ab:cd:01");
        assertThat(after.lastTest()).isNull();
        assertThat(after.override()).isNull();
    }

    @Test
    void what_is_gone_from_the_inventory_is_forgotten() {
        kit.wakeable();
        assertThat(kit.datacenter.powerStore().hosts()).hasSize(3);
        kit.datacenter
                .inventory()
                .commit(InventoryWrite.builder()
                        .remove(kit.datacenter.snapshot().get(PowerTestKit.THREE))
                        .build());
        kit.power.loop().tick();
        assertThat(kit.datacenter.powerStore().hosts()).hasSize(2);
    }
}
