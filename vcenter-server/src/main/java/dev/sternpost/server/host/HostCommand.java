package dev.sternpost.server.host;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An order to an agent, with its fences. Sent again under the same key it is not done again.
 *
 * @param key operation key, such as "task-1041/start-precopy"; of reads, any unique text
 * @param taskId task it belongs to; empty for reads
 * @param leaseEpoch epoch of the task; 0 for reads
 * @param vmId VM it is about; null for commands on the host
 * @param generation generation of the VM; 0 when there is no VM
 * @param location where the VM's directory lies; null when the operation needs none
 */
public record HostCommand(
        String key,
        String taskId,
        long leaseEpoch,
        @Nullable VirtualMachineId vmId,
        long generation,
        @Nullable VmLocation location,
        HostOperation operation) {

    public HostCommand {
        if (key.isBlank()) {
            throw new IllegalArgumentException("a command needs a key");
        }
        Objects.requireNonNull(taskId, "taskId");
        Objects.requireNonNull(operation, "operation");
    }
}
