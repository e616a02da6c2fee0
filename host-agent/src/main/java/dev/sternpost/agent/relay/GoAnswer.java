package dev.sternpost.agent.relay;

/**
 * The target's answer to {@link Go}.
 *
 * @param running whether the guest runs at the target
 * @param message what is wrong otherwise; one sentence
 */
public record GoAnswer(boolean running, String message) {}
