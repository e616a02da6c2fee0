package dev.sternpost.agent.main;

import dev.sternpost.agent.availability.Availability;
import dev.sternpost.agent.availability.MembershipKit;
import dev.sternpost.agent.availability.guard.BootClock;
import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.agent.endpoint.AgentLink;
import dev.sternpost.agent.endpoint.AvailabilityMessages;
import dev.sternpost.agent.endpoint.HostFactsSource;
import dev.sternpost.agent.endpoint.IdentityHolder;
import dev.sternpost.agent.endpoint.LinkedHost;
import dev.sternpost.agent.endpoint.Outbox;
import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.IdentityFiles;
import dev.sternpost.agent.ledger.Ledger;
import dev.sternpost.agent.operation.HostKit;
import dev.sternpost.agent.operation.Operations;
import dev.sternpost.agent.relay.Relay;
import dev.sternpost.agent.relay.RelayLimits;
import dev.sternpost.agent.statistics.Statistics;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.VmDirectories;
import dev.sternpost.inventory.HostId;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent, put together and running. Closing it leaves every virtual machine running. Several can live in one process,
 * each with its own home.
 */
final class Agent implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Operations operations;
    private final AgentLink link;
    private final Statistics statistics;
    private final InetSocketAddress relayAddress;
    private final Availability availability;

    /**
     * What differs from host to host.
     *
     * @param home directory of identity and ledger
     * @param engine closed with the agent
     * @param networkKinds "bridged" or "user" by name of the network
     * @param notices what an administrator should know
     * @param powerOffCommand the program with its arguments that switches the machine off
     */
    record Parts(
            Path home,
            HostIdentity identity,
            HypervisorEngine engine,
            DatastoreRegistry datastores,
            FileOwner owner,
            InetSocketAddress relay,
            Map<String, String> networkKinds,
            List<String> notices,
            List<String> powerOffCommand,
            GuardParts guard) {}

    /**
     * What the guard needs.
     *
     * @param runDirectory the engine's
     * @param watchdog device of the machine's watchdog; empty for none
     * @param guards makes the line to a guard
     */
    record GuardParts(Path runDirectory, String watchdog, MembershipKit.Guards guards) {}

    Agent(Parts given) {
        try {
            parts.push(given.engine());
            Ledger ledger = opened(Ledger.open(given.home().resolve("ledger")));
            IdentityHolder identity =
                    new IdentityHolder(new IdentityFiles(given.home().resolve("identity")), given.identity());
            Relay relay = opened(Relay.open(identity, given.relay(), RelayLimits.DEFAULT));
            this.relayAddress = relay.address();
            String hostId = given.identity().hostId();
            Outbox outbox = new Outbox();
            this.availability = opened(new Availability(new MembershipKit(
                    new HostId(hostId),
                    given.home(),
                    given.guard().runDirectory(),
                    ledger.incarnation(),
                    given.datastores(),
                    relay,
                    given.guard().watchdog(),
                    BootClock::millis,
                    given.guard().guards(),
                    (vmId, generation, kind, detail) -> {
                        ledger.appendEvent(vmId, generation, kind, detail);
                        outbox.happened();
                    },
                    AvailabilityMessages::plan)));
            HostKit host = new HostKit(
                    hostId,
                    ledger,
                    given.engine(),
                    new VmDirectories(hostId, given.owner()),
                    given.datastores(),
                    relay,
                    given.powerOffCommand(),
                    availability);
            this.operations = opened(new Operations(host, outbox, outbox));
            operations.recover();
            availability.start(operations.kept());
            List<String> notices = new ArrayList<>(given.notices());
            notices.addAll(ledger.notices());
            HostFactsSource facts = new HostFactsSource(
                    given.engine().facts(),
                    given.datastores(),
                    given.networkKinds(),
                    notices,
                    relayAddress.getAddress().getHostAddress() + ":" + relayAddress.getPort());
            this.statistics = opened(new Statistics(given.engine()));
            statistics.listen(outbox::measured);
            this.link = opened(new AgentLink(
                    identity,
                    new LinkedHost(ledger, operations, facts, statistics, availability, relayAddress.getAddress()),
                    outbox,
                    Version.TEXT));
            statistics.start();
            link.start();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    Operations operations() {
        return operations;
    }

    Statistics statistics() {
        return statistics;
    }

    AgentLink link() {
        return link;
    }

    Availability availability() {
        return availability;
    }

    InetSocketAddress relayAddress() {
        return relayAddress;
    }

    /** Ends the parts in the opposite order of their making. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                // The others must be ended all the same.
                log.warn("while ending {}", part.getClass().getSimpleName(), e);
            }
        }
    }
}
