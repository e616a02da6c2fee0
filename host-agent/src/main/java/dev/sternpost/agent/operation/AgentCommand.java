package dev.sternpost.agent.operation;

import org.jspecify.annotations.Nullable;

/**
 * An order of the server with its fences.
 *
 * @param commandId operation key, such as "task-1041/start-precopy"
 * @param taskId task it belongs to; empty for reads
 * @param leaseEpoch lease epoch of the task
 * @param vmId virtual machine it is about; empty for commands on the host
 * @param generation generation of the virtual machine
 * @param place where the virtual machine's directory lies; null when the command does not say
 * @param operation what to do
 */
public record AgentCommand(
        String commandId,
        String taskId,
        long leaseEpoch,
        String vmId,
        long generation,
        @Nullable VmPlace place,
        Operation operation) {}
