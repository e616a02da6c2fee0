package dev.sternpost.server.agentlink;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Where agents dial and how often they must speak.
 *
 * @param address port 0 picks a free one
 */
public record AgentLinkSettings(InetSocketAddress address, Duration heartbeatInterval) {}
