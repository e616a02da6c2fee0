package dev.sternpost.server.migration;

import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;

/**
 * Input of both kinds of move, as the task keeps it.
 *
 * @param targetHostId empty lets placement choose
 * @param planned whether a planner chose the target: then rules between VMs hold on the way too, not only at the end of a plan
 */
record MigrationInput(
        String vmId,
        String sourceHostId,
        String targetHostId,
        long downtimeLimitMillis,
        long bandwidthLimitBytesPerSecond,
        boolean planned) {
    /** @throws FaultException VM_WRONG_POWER_STATE */
    static void requireRunning(VirtualMachine vm) {
        if (vm.powerState() != PowerState.POWERED_ON) {
            throw Fault.of(
                            FaultCode.VM_WRONG_POWER_STATE,
                            "%s does not run any more, so there is nothing to migrate live. Ask again to move it as it is."
                                    .formatted(vm.name()))
                    .about(vm.id().value())
                    .exception();
        }
    }
}
