package dev.sternpost.agent.vmdirectory;

import java.util.regex.Pattern;

/**
 * One network card of a virtual machine.
 *
 * @param label name inside the VM, such as "nic0"
 * @param network name of the network as the host's configuration has it
 * @param macAddress unicast address, lower case with colons
 */
public record NicShape(String label, String network, String macAddress) {

    private static final Pattern MAC = Pattern.compile("[0-9a-f][02468ace](:[0-9a-f]{2}){5}");

    public NicShape {
        Names.checkLabel(label, "network card label");
        Names.checkDisplayName(network, "network of " + label);
        if (!MAC.matcher(macAddress).matches()) {
            throw new IllegalArgumentException("MAC address of " + label
                    + " must be a unicast address in lower case with colons, not \"" + macAddress + "\"");
        }
    }
}
