package dev.sternpost.server.migration;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.task.TaskId;

/**
 * A live migration whose task has not ended.
 *
 * @param to the source again while no target has been chosen
 */
public record MoveUnderWay(TaskId task, VirtualMachineId vmId, HostId from, HostId to) {}
