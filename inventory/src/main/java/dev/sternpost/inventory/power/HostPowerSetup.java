package dev.sternpost.inventory.power;

import dev.sternpost.inventory.HostId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a host is woken, and what is known of it.
 *
 * @param address of its management controller, "https://bmc-3.example" for Redfish, "bmc-3.example" or "bmc-3.example:623" for IPMI;
 *     empty with any other method
 * @param userName at its management controller; empty unless the method is Redfish or IPMI
 * @param sealedPassword encrypted by the server, never in the clear; empty when there is none
 * @param trust what the controller's certificate is checked against: "sha256:" and a fingerprint, or certificates in PEM; empty
 *     for the authorities the server's machine trusts, and for any method but Redfish
 * @param macAddress of the card that wakes it; empty unless the method is wake-on-LAN
 * @param override how much is done with this host; null for what its cluster says
 * @param lastTest the last time it was to wake; null when never with this method
 * @param changedTime when it was last put into stand-by or woken; null when never
 */
public record HostPowerSetup(
        HostId hostId,
        PowerMethod method,
        String address,
        String userName,
        String sealedPassword,
        String trust,
        String macAddress,
        @Nullable PowerLevel override,
        @Nullable WakeTest lastTest,
        @Nullable Instant changedTime) {
    public HostPowerSetup {
        Objects.requireNonNull(hostId, "hostId");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(userName, "userName");
        Objects.requireNonNull(sealedPassword, "sealedPassword");
        Objects.requireNonNull(trust, "trust");
        Objects.requireNonNull(macAddress, "macAddress");
    }

    /** Of a host of which nothing is set up. */
    public static HostPowerSetup none(HostId hostId) {
        return new HostPowerSetup(hostId, PowerMethod.NONE, "", "", "", "", "", null, null, null);
    }

    /** Whether it woke the last time it was to. */
    public boolean wakes() {
        return lastTest != null && lastTest.passed();
    }

    /** With another way to wake it; what was shown with the old one does not count. */
    public HostPowerSetup withMethod(
            PowerMethod newMethod,
            String newAddress,
            String newUserName,
            String newSealedPassword,
            String newTrust,
            String newMacAddress) {
        return new HostPowerSetup(
                hostId,
                newMethod,
                newAddress,
                newUserName,
                newSealedPassword,
                newTrust,
                newMacAddress,
                override,
                null,
                changedTime);
    }

    public HostPowerSetup withOverride(@Nullable PowerLevel newOverride) {
        return new HostPowerSetup(
                hostId,
                method,
                address,
                userName,
                sealedPassword,
                trust,
                macAddress,
                newOverride,
                lastTest,
                changedTime);
    }

    public HostPowerSetup withLastTest(WakeTest newLastTest) {
        return new HostPowerSetup(
                hostId,
                method,
                address,
                userName,
                sealedPassword,
                trust,
                macAddress,
                override,
                newLastTest,
                changedTime);
    }

    public HostPowerSetup withChangedTime(Instant newChangedTime) {
        return new HostPowerSetup(
                hostId,
                method,
                address,
                userName,
                sealedPassword,
                trust,
                macAddress,
                override,
                lastTest,
                newChangedTime);
    }

    /** Without the secret, so that it is in no log. */
    @Override
    public String toString() {
        return "HostPowerSetup[" + hostId + " by " + method + "]";
    }
}
