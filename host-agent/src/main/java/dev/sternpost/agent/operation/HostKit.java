package dev.sternpost.agent.operation;

import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.ledger.Ledger;
import dev.sternpost.agent.relay.Relay;
import dev.sternpost.agent.vmdirectory.VmDirectories;
import java.util.List;

/**
 * The parts of a host that operations work with.
 *
 * @param powerOffCommand the program with its arguments that switches the machine off
 * @param keeper who keeps virtual machines up
 */
public record HostKit(
        String hostId,
        Ledger ledger,
        HypervisorEngine engine,
        VmDirectories directories,
        DatastoreRegistry datastores,
        Relay relay,
        List<String> powerOffCommand,
        Keeper keeper) {
    public HostKit {
        powerOffCommand = List.copyOf(powerOffCommand);
    }
}
