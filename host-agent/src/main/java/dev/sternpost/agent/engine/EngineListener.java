package dev.sternpost.agent.engine;

/**
 * Hears what happens to a virtual machine by itself. Called on one thread per virtual machine, in order; may call back
 * into the {@link RunningVm}. What the agent asked for ({@link RunningVm#powerOff}, {@link RunningVm#suspendTo}) is not
 * reported as an event. An exception is logged and dropped.
 */
@FunctionalInterface
public interface EngineListener {

    /** Something happened. */
    void happened(EngineEvent event);
}
