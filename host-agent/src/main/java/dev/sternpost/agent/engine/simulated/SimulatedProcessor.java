package dev.sternpost.agent.engine.simulated;

/** What a simulated processor holds; travels with the memory. Guarded by its process. */
final class SimulatedProcessor {
    long instructions;
    long tickSequence = -1;
    /** 0 while the guest does not tick. */
    int tickIntervalMillis;
}
