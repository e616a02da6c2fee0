package dev.sternpost.server;

import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryStore;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.server.agentlink.AgentLinkConfiguration;
import dev.sternpost.server.agentlink.AgentLinkServer;
import dev.sternpost.server.agentlink.AgentLinkSettings;
import dev.sternpost.server.allocation.EntitlementLoop;
import dev.sternpost.server.allocation.HostAllocations;
import dev.sternpost.server.api.AgentLinkAddress;
import dev.sternpost.server.api.ApiConfiguration;
import dev.sternpost.server.api.ApiServer;
import dev.sternpost.server.api.ApiSettings;
import dev.sternpost.server.api.Readiness;
import dev.sternpost.server.certificate.CertificateConfiguration;
import dev.sternpost.server.certificate.CertificateFiles;
import dev.sternpost.server.certificate.HostCertificates;
import dev.sternpost.server.certificate.ServerCertificate;
import dev.sternpost.server.cluster.ClusterRulesAdmin;
import dev.sternpost.server.cluster.DrsSettingsAdmin;
import dev.sternpost.server.drs.DrsConfiguration;
import dev.sternpost.server.drs.DrsLoop;
import dev.sternpost.server.ha.HaConfiguration;
import dev.sternpost.server.ha.HaManagement;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostReconciler;
import dev.sternpost.server.maintenance.HostMaintenance;
import dev.sternpost.server.maintenance.MaintenanceConfiguration;
import dev.sternpost.server.placement.ClusterInput;
import dev.sternpost.server.placement.DemandModels;
import dev.sternpost.server.placement.PromisesUnderWay;
import dev.sternpost.server.power.PowerConfiguration;
import dev.sternpost.server.power.PowerManagement;
import dev.sternpost.server.power.PowerSettings;
import dev.sternpost.server.powercontrol.SecretBox;
import dev.sternpost.server.resource.ResourcePools;
import dev.sternpost.server.session.Logins;
import dev.sternpost.server.session.SessionConfiguration;
import dev.sternpost.server.statistics.Statistics;
import dev.sternpost.server.tree.InventoryTree;
import dev.sternpost.server.work.TaskLoop;
import dev.sternpost.sso.SecretSource;
import dev.sternpost.sso.enrolment.EnrolmentTokens;
import dev.sternpost.sso.login.Accounts;
import dev.sternpost.sso.session.SessionLimits;
import dev.sternpost.sso.session.Sessions;
import dev.sternpost.task.TaskRunner;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The whole server but its stores: those come from {@code db}, or from memory in tests. Every bean is written down here
 * or in the configuration of its feature; nothing is found by scanning, which keeps the start quick and the wiring
 * readable.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ServerSettings.class)
@Import({
    MetricsConfiguration.class,
    CertificateConfiguration.class,
    SessionConfiguration.class,
    WorkConfiguration.class,
    DrsConfiguration.class,
    MaintenanceConfiguration.class,
    PowerConfiguration.class,
    HaConfiguration.class,
    AgentLinkConfiguration.class,
    ApiConfiguration.class
})
public class ServerConfiguration {
    @Bean
    InstantSource instantSource() {
        return InstantSource.system();
    }

    @Bean
    Inventory inventory(InventoryStore store, Transactions transactions) {
        return new Inventory(store, transactions);
    }

    @Bean
    InventoryTree inventoryTree(Inventory inventory) {
        return new InventoryTree(inventory);
    }

    @Bean
    ResourcePools resourcePools(Inventory inventory) {
        return new ResourcePools(inventory);
    }

    @Bean
    DrsSettingsAdmin drsSettingsAdmin(Inventory inventory) {
        return new DrsSettingsAdmin(inventory);
    }

    @Bean
    ClusterRulesAdmin clusterRulesAdmin(Inventory inventory) {
        return new ClusterRulesAdmin(inventory);
    }

    @Bean
    SessionLimits sessionLimits(ServerSettings settings) {
        ServerSettings.Session session = settings.session();
        return new SessionLimits(session.idle(), session.absolute(), SessionLimits.DEFAULT.perUserMax());
    }

    @Bean
    CertificateFiles certificateFiles(ServerSettings settings) {
        return new CertificateFiles(settings.home().resolve("ca"), settings.certificateNames());
    }

    @Bean
    ApiSettings apiSettings(ServerSettings settings) {
        return ApiSettings.of(settings.api().address(), settings.api().port());
    }

    @Bean
    AgentLinkSettings agentLinkSettings(ServerSettings settings) {
        ServerSettings.AgentLink link = settings.agentLink();
        return new AgentLinkSettings(
                new InetSocketAddress(link.address(), link.port()), HostReconciler.HEARTBEAT_INTERVAL);
    }

    @Bean
    AgentLinkAddress agentLinkAddress(ServerSettings settings, ObjectProvider<AgentLinkServer> server) {
        return new AgentLinkAddress(
                () -> settings.agentLinkAddress(server.getObject().port()));
    }

    @Bean
    Statistics statistics(Inventory inventory, InstantSource clock, ServerSettings settings) {
        return new Statistics(inventory, clock, settings.statistics().interval());
    }

    @Bean
    HostAllocations hostAllocations(Inventory inventory, HostCommands hosts, InstantSource clock) {
        return new HostAllocations(inventory, hosts, clock);
    }

    @Bean
    EntitlementLoop entitlementLoop(
            Inventory inventory, ClusterInput input, HostAllocations allocations, InstantSource clock) {
        return new EntitlementLoop(inventory, input, allocations, clock);
    }

    @Bean
    SecretBox secretBox(ServerSettings settings) {
        return new SecretBox(settings.home().resolve("secrets.key"));
    }

    @Bean
    PowerSettings powerSettings(ServerSettings settings) {
        String command = settings.power().command();
        return new PowerSettings(
                command.isEmpty() ? null : Path.of(command).toAbsolutePath(),
                settings.power().fenceIpmilan());
    }

    @Bean
    Readiness readiness() {
        return new Readiness();
    }

    @Bean
    Housekeeping housekeeping(
            HostReconciler hosts,
            Sessions sessions,
            EnrolmentTokens tokens,
            ServerCertificate certificate,
            HostCertificates hostCertificates,
            Statistics statistics,
            HostAllocations allocations,
            EntitlementLoop entitlements,
            DrsLoop drs,
            HostMaintenance.Running maintenance,
            DemandModels demands,
            PowerManagement.Running power,
            HaManagement.Running ha) {
        return new Housekeeping(List.of(
                new Housekeeping.Chore("sharing out CPU and memory", Duration.ofSeconds(1), entitlements::tick),
                new Housekeeping.Chore("balancing load", Duration.ofSeconds(1), drs::tick),
                new Housekeeping.Chore("emptying hosts", Duration.ofSeconds(1), maintenance.tick()),
                new Housekeeping.Chore("managing power", Duration.ofSeconds(1), power.loop()::tick),
                new Housekeeping.Chore("telling hosts of high availability", Duration.ofSeconds(1), ha.tick()),
                new Housekeeping.Chore("noticing silent hosts", Duration.ofSeconds(1), hosts::tick),
                new Housekeeping.Chore("sweeping sessions", Duration.ofMinutes(1), sessions::sweep),
                new Housekeeping.Chore("renewing allocations", HostAllocations.RENEWAL, allocations::renew),
                new Housekeeping.Chore("sweeping statistics", Duration.ofMinutes(1), statistics::sweep),
                new Housekeeping.Chore("keeping what was learnt of demand", DemandModels.KEPT_EVERY, demands::keep),
                new Housekeeping.Chore("sweeping enrolment tokens", Duration.ofMinutes(5), tokens::sweep),
                new Housekeeping.Chore(
                        "renewing the server's certificate", Duration.ofHours(1), certificate::renewWhenDue),
                new Housekeeping.Chore("forgetting old certificates", Duration.ofDays(1), hostCertificates::sweep)));
    }

    @Bean
    ServerLifecycle.Access serverAccess(
            Accounts accounts, Logins logins, SecretSource secrets, ServerSettings settings) {
        return new ServerLifecycle.Access(accounts, logins, secrets, settings);
    }

    @Bean
    ServerLifecycle.Work serverWork(
            PromisesUnderWay promises, TaskLoop loop, TaskRunner runner, Housekeeping housekeeping) {
        return new ServerLifecycle.Work(promises, loop, runner, housekeeping);
    }

    @Bean
    ServerLifecycle.Ports serverPorts(AgentLinkServer agentLink, ApiServer api) {
        return new ServerLifecycle.Ports(agentLink, api);
    }

    @Bean
    ServerLifecycle serverLifecycle(
            Inventory inventory,
            ServerLifecycle.Access access,
            ServerLifecycle.Work work,
            ServerLifecycle.Ports ports,
            Readiness readiness) {
        return new ServerLifecycle(inventory, access, work, ports, readiness);
    }
}
