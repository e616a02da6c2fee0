package dev.sternpost.server.api;

import java.util.function.Supplier;

/**
 * Where agents that enrol are told to connect.
 *
 * @param text "host:port"; asked for late, since the port may be chosen when it is opened
 */
public record AgentLinkAddress(Supplier<String> text) {}
