package dev.sternpost.inventory;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A virtual network card.
 *
 * @param label inside the virtual machine, such as "nic0"
 * @param networkId what it is connected to
 * @param macAddress lower case with colons
 */
public record VirtualNic(String label, NetworkId networkId, String macAddress) {
    private static final Pattern MAC_ADDRESS = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

    public VirtualNic {
        Checks.notBlank("label", label);
        Objects.requireNonNull(networkId, "networkId");
        if (!MAC_ADDRESS.matcher(macAddress).matches()) {
            throw new IllegalArgumentException("not a MAC address in lower case with colons: " + macAddress);
        }
    }
}
