package dev.sternpost.server.maintenance;

import java.util.List;

/**
 * What both tasks are given.
 *
 * @param movePoweredOff of entering: whether VMs that do not run are registered elsewhere too
 * @param waitForBlocked of entering: whether VMs that cannot leave are waited for, instead of failing the task
 * @param vmIds of entering: the VMs that are on the host; of leaving: those that are to come back
 */
record MaintenanceInput(String hostId, boolean movePoweredOff, boolean waitForBlocked, List<String> vmIds) {
    MaintenanceInput {
        vmIds = List.copyOf(vmIds);
    }
}
