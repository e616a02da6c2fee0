package dev.sternpost.agent.operation;

import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.vmdirectory.VmHardware;

/**
 * A virtual machine as this host sees it.
 *
 * @param vmId id in the inventory
 * @param generation highest generation accepted
 * @param state what it is doing
 * @param running whether the virtual CPUs run
 * @param guest what the guest says about itself
 * @param vncAddress "unix:/path"; empty when off
 * @param bootEpochMillis when it was powered on; 0 when off
 * @param hardware the machine the guest sees
 * @param lockOwner whom the lock names, "host-12@7"; empty when there is no lock or it cannot be read
 */
public record VmView(
        String vmId,
        long generation,
        LedgerState state,
        boolean running,
        GuestView guest,
        String vncAddress,
        long bootEpochMillis,
        VmHardware hardware,
        String lockOwner) {}
