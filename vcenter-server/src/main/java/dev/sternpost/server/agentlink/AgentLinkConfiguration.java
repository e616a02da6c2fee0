package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.availability.HaLink;
import dev.sternpost.server.certificate.HostCertificates;
import dev.sternpost.server.certificate.ServerCertificate;
import dev.sternpost.server.host.HostReports;
import dev.sternpost.server.statistics.Statistics;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the agent link together. */
@Configuration(proxyBeanMethods = false)
public class AgentLinkConfiguration {
    @Bean
    AgentLinks agentLinks(
            Inventory inventory,
            ObjectProvider<HostReports> reports,
            Statistics statistics,
            HaLink availability,
            InstantSource time,
            AgentLinkSettings settings) {
        return new AgentLinks(
                inventory, reports::getObject, statistics, availability, time, settings.heartbeatInterval());
    }

    /** Opened and closed by the server's life cycle, not by itself. */
    @Bean(destroyMethod = "")
    AgentLinkServer agentLinkServer(
            AgentLinkSettings settings,
            ServerCertificate certificate,
            HostCertificates hostCertificates,
            AgentLinks links,
            Inventory inventory) {
        return new AgentLinkServer(settings.address(), certificate, hostCertificates, links, inventory);
    }
}
