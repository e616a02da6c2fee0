package dev.sternpost.agent.endpoint;

import dev.sternpost.agent.availability.Availability;
import dev.sternpost.agent.ledger.Ledger;
import dev.sternpost.agent.operation.Operations;
import dev.sternpost.agent.statistics.Statistics;
import java.net.InetAddress;

/**
 * The parts of a host that the server speaks to.
 *
 * @param address where this host listens for others
 */
public record LinkedHost(
        Ledger ledger,
        Operations operations,
        HostFactsSource facts,
        Statistics statistics,
        Availability availability,
        InetAddress address) {}
