package dev.sternpost.agent.network;

import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.agent.vmdirectory.NicShape;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Linux bridge in a network namespace that only this host's agent uses. Each card gets a tap device named after the virtual machine, {@code t<number>n<card>}, so that what a
 * crash left is recognized without any book.
 */
public final class BridgeNetwork implements NetworkBackend {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    // An interface name has at most 15 characters.
    private static final Pattern TAP = Pattern.compile("t([0-9]{1,12})n([0-9])");
    private static final Pattern LISTED = Pattern.compile("^[0-9]+: ([^:@]+)[:@]");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private final String namespace;
    private final String bridge;
    private final int tapUid;

    /**
     * @param namespace network namespace of the host; empty for the agent's own
     * @param bridge the bridge, which is there
     * @param tapUid user that opens the taps
     */
    public BridgeNetwork(String namespace, String bridge, int tapUid) {
        if (!(namespace.isEmpty() || WORD.matcher(namespace).matches())
                || !WORD.matcher(bridge).matches()) {
            throw new IllegalArgumentException("not a network namespace and a bridge: " + namespace + ", " + bridge);
        }
        this.namespace = namespace;
        this.bridge = bridge;
        this.tapUid = tapUid;
    }

    @Override
    public String kind() {
        return "bridged";
    }

    @Override
    public NetworkPort attach(String vmId, int nicIndex, NicShape nic) {
        String tap = tapName(vmId, nicIndex);
        remove(List.of(tap));
        try {
            batch("tuntap add dev " + tap + " mode tap user " + tapUid + "\n"
                    + "link set dev " + tap + " addrgenmode none\n"
                    + "link set dev " + tap + " master " + bridge + "\n"
                    + "link set dev " + tap + " up\n");
        } catch (FaultException e) {
            remove(List.of(tap));
            throw e;
        }
        return new NetworkPort.Tap(tap);
    }

    @Override
    public NetworkPort port(String vmId, int nicIndex) {
        return new NetworkPort.Tap(tapName(vmId, nicIndex));
    }

    @Override
    public void detach(String vmId) {
        String prefix = "t" + number(vmId) + "n";
        remove(taps().stream().filter(tap -> tap.startsWith(prefix)).toList());
    }

    @Override
    public void sweep(Set<String> vmIdsKept) {
        remove(taps().stream().filter(tap -> !vmIdsKept.contains(vmIdOf(tap))).toList());
    }

    /** The taps that are there now. */
    List<String> taps() {
        List<String> names = new ArrayList<>();
        // Not only members of the bridge: a crash may have come before a tap was one.
        String listed = HostCommand.require(TIMEOUT, ip("-o", "link", "show", "type", "tun"));
        for (String line : listed.lines().toList()) {
            Matcher matcher = LISTED.matcher(line);
            if (matcher.find() && TAP.matcher(matcher.group(1)).matches()) {
                names.add(matcher.group(1));
            }
        }
        return names;
    }

    private void remove(List<String> taps) {
        for (String tap : taps) {
            HostCommand.Output output = HostCommand.run(TIMEOUT, "", ip("link", "delete", "dev", tap));
            if (output.exitCode() != 0 && !output.complaint().contains("Cannot find device")) {
                throw HostCommand.failure(ip("link", "delete", "dev", tap), output);
            }
        }
    }

    private void batch(String commands) {
        HostCommand.require(TIMEOUT, commands, ip("-batch", "-"));
    }

    private List<String> ip(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add("ip");
        if (!namespace.isEmpty()) {
            command.add("-n");
            command.add(namespace);
        }
        command.addAll(List.of(arguments));
        return command;
    }

    static String tapName(String vmId, int nicIndex) {
        String name = "t" + number(vmId) + "n" + nicIndex;
        if (!TAP.matcher(name).matches()) {
            throw new FaultException(
                    FaultCode.CONFIG_INVALID,
                    vmId,
                    "No network device can be named after " + vmId + ", card " + nicIndex
                            + "; use a virtual machine with a shorter id.");
        }
        return name;
    }

    private static String vmIdOf(String tap) {
        return "vm-" + tap.substring(1, tap.indexOf('n'));
    }

    private static String number(String vmId) {
        return VmShape.checkVmId(vmId).substring("vm-".length());
    }
}
