package dev.sternpost.agent.engine;

/**
 * A virtual machine of which the engine found traces at start.
 *
 * @param launch how it was started
 * @param process its process
 * @param alive whether that very process still lives
 */
public record Survivor(VmLaunch launch, ProcessIdentity process, boolean alive) {}
