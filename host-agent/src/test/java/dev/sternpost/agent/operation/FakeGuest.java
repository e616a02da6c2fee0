package dev.sternpost.agent.operation;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;

/** What is inside a virtual machine and travels with it. */
final class FakeGuest {
    volatile boolean tools = true;
    volatile boolean obeysShutdown = true;

    /** Its process answers nothing any more. */
    volatile boolean deaf;

    volatile boolean ticks;
    volatile long tickCount;
    volatile int programRuns;
    volatile int shutdownRequests;

    void asked(String vmId) {
        if (deaf) {
            throw new FaultException(FaultCode.HOST_ERROR, vmId, "the process does not answer");
        }
        shutdownRequests++;
    }
}
