package dev.sternpost.server.api;

import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.baseline.CpuBaselineAdmin;
import dev.sternpost.server.certificate.CertificateAuthority;
import dev.sternpost.server.certificate.Enrolment;
import dev.sternpost.server.certificate.ServerCertificate;
import dev.sternpost.server.cluster.ClusterRulesAdmin;
import dev.sternpost.server.cluster.DrsSettingsAdmin;
import dev.sternpost.server.drs.LoadBalancing;
import dev.sternpost.server.ha.HaManagement;
import dev.sternpost.server.host.HostAdmin;
import dev.sternpost.server.maintenance.Maintenance;
import dev.sternpost.server.migration.Moves;
import dev.sternpost.server.power.PowerManagement;
import dev.sternpost.server.resource.ResourcePools;
import dev.sternpost.server.session.Logins;
import dev.sternpost.server.statistics.Statistics;
import dev.sternpost.server.tree.InventoryTree;
import dev.sternpost.server.virtualmachine.GuestAccess;
import dev.sternpost.server.virtualmachine.VirtualMachines;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.sso.access.AccessPolicy;
import dev.sternpost.sso.session.Sessions;
import io.grpc.BindableService;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the API together. What it needs from outside comes as beans. */
@Configuration(proxyBeanMethods = false)
public class ApiConfiguration {
    @Bean
    OpenStreams openStreams() {
        return new OpenStreams();
    }

    @Bean
    ServerStream.Surroundings streamSurroundings(Sessions sessions, OpenStreams openStreams) {
        return new ServerStream.Surroundings(sessions, openStreams);
    }

    @Bean
    ObjectMessages objectMessages(HostStreams streams) {
        return new ObjectMessages(streams);
    }

    @Bean
    ObjectPages objectPages(Inventory inventory) {
        return new ObjectPages(inventory);
    }

    @Bean
    Guard guard(Sessions sessions, AccessPolicy policy, MeterRegistry meters) {
        return new Guard(sessions, policy, meters);
    }

    @Bean
    BindableService sessionEndpoint(Logins logins, CertificateAuthority authority) {
        return new SessionEndpoint(logins, authority.installationId(), ServerVersion.VERSION);
    }

    @Bean
    BindableService inventoryEndpoint(
            Inventory inventory,
            InventoryTree tree,
            ObjectMessages messages,
            ObjectPages pages,
            CertificateAuthority authority,
            ServerStream.Surroundings streams) {
        Cursor cursors = new Cursor(authority.installationId());
        InventoryReads reads = new InventoryReads(inventory, messages, pages, cursors);
        return new InventoryEndpoint(inventory, reads, tree, messages, streams);
    }

    @Bean
    BindableService clusterEndpoint(
            Inventory inventory, InventoryTree tree, DrsSettingsAdmin drs, ObjectMessages messages, ObjectPages pages) {
        return new ClusterEndpoint(inventory, tree, drs, new CpuBaselineAdmin(inventory), messages, pages);
    }

    @Bean
    BindableService clusterRuleEndpoint(Inventory inventory, ClusterRulesAdmin admin) {
        return new ClusterRuleEndpoint(inventory, admin);
    }

    @Bean
    BindableService drsEndpoint(Inventory inventory, LoadBalancing balancing, Tasks tasks) {
        return new DrsEndpoint(inventory, balancing, tasks);
    }

    @Bean
    BindableService resourcePoolEndpoint(Inventory inventory, ResourcePools pools, ObjectPages pages) {
        return new ResourcePoolEndpoint(inventory, pools, pages);
    }

    @Bean
    BindableService networkEndpoint(Inventory inventory, ObjectMessages messages, ObjectPages pages) {
        return new NetworkEndpoint(inventory, messages, pages);
    }

    @Bean
    BindableService statisticsEndpoint(Inventory inventory, Statistics statistics, ObjectPages pages) {
        return new StatisticsEndpoint(inventory, statistics, pages);
    }

    @Bean
    BindableService taskEndpoint(Tasks tasks, Inventory inventory, ServerStream.Surroundings streams) {
        return new TaskEndpoint(tasks, inventory, streams);
    }

    @Bean
    EventFeed eventFeed(Inventory inventory) {
        return new EventFeed(inventory);
    }

    @Bean
    BindableService eventEndpoint(Inventory inventory, EventFeed feed, ServerStream.Surroundings streams) {
        return new EventEndpoint(inventory, feed, streams);
    }

    @Bean
    BindableService enrolmentEndpoint(
            Enrolment enrolment, HostAdmin admin, HostStreams streams, AgentLinkAddress address) {
        return new EnrolmentEndpoint(enrolment, admin, streams, address);
    }

    @Bean
    BindableService hostEndpoint(
            Inventory inventory, HostAdmin admin, HostStreams streams, ObjectMessages messages, ObjectPages pages) {
        return new HostEndpoint(inventory, admin, streams, messages, pages);
    }

    @Bean
    BindableService hostMaintenanceEndpoint(Inventory inventory, Maintenance maintenance, ObjectMessages messages) {
        return new HostMaintenanceEndpoint(inventory, maintenance, messages);
    }

    @Bean
    BindableService powerEndpoint(Inventory inventory, PowerManagement.Running power, Maintenance maintenance) {
        return new PowerEndpoint(inventory, power, maintenance);
    }

    @Bean
    BindableService haEndpoint(Inventory inventory, HaManagement.Running ha) {
        return new HaEndpoint(inventory, ha);
    }

    @Bean
    BindableService datastoreEndpoint(
            Inventory inventory, GuestAccess guests, ObjectMessages messages, ObjectPages pages) {
        return new DatastoreEndpoint(inventory, guests, messages, pages);
    }

    @Bean
    BindableService virtualMachineEndpoint(
            Inventory inventory,
            VirtualMachines vms,
            GuestAccess guests,
            Moves moves,
            ObjectMessages messages,
            ObjectPages pages) {
        return new VirtualMachineEndpoint(inventory, vms, guests, moves, messages, pages);
    }

    @Bean
    PlainRoutes plainRoutes(
            Guard guard, AccessPolicy policy, CertificateAuthority authority, Readiness readiness, Scrape scrape) {
        return new PlainRoutes(guard.callers(), policy, authority.certificatePem(), readiness::isReady, scrape::text);
    }

    /** Opened and closed by the server's life cycle, not by itself. */
    @Bean(destroyMethod = "")
    ApiServer apiServer(
            ApiSettings settings,
            ServerCertificate certificate,
            List<BindableService> services,
            Guard guard,
            PlainRoutes routes,
            OpenStreams streams,
            MeterRegistry meters) {
        return new ApiServer(settings, certificate, new ApiServer.Endpoints(services), guard, routes, streams, meters);
    }
}
