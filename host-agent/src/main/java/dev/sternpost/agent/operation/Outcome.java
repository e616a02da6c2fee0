package dev.sternpost.agent.operation;

import dev.sternpost.inventory.fault.Fault;
import org.jspecify.annotations.Nullable;

/**
 * How a command ended.
 *
 * @param fault set when it failed; nothing half-made remains then
 * @param vm the virtual machine as it is now; null for commands on the host and for one that is not here
 * @param payload what it answers with; null for nothing
 */
public record Outcome(
        @Nullable Fault fault,
        @Nullable VmView vm,
        @Nullable Payload payload) {}
