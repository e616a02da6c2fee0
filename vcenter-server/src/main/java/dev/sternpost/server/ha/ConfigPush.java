package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.availability.HaContent;
import dev.sternpost.server.availability.HaLink;
import dev.sternpost.server.availability.HaMode;
import dev.sternpost.server.availability.HaOrder;
import dev.sternpost.server.availability.HaReport;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds that every host knows what to keep up. Someone calls {@link #tick} about once a second; a host that connects is told at once what it
 * was told last.
 *
 * <p>A host is told to do nothing only when nobody counts on its lease any more: one that leaves, when every other connected host goes by a
 * configuration without it; all of a cluster, when none of those that are connected is armed. Otherwise the others would take its silence for
 * its death. Which hosts that concerns is seen in what they say, so that a server that was started anew goes on where the other stopped.
 */
final class ConfigPush {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigPush.class);

    private final Inventory inventory;
    private final HaLink link;
    private final ToldVersions versions;
    private final InstantSource clock;

    ConfigPush(Inventory inventory, HaLink link, ToldVersions versions, InstantSource clock) {
        this.inventory = inventory;
        this.link = link;
        this.versions = versions;
        this.clock = clock;
    }

    void tick() {
        InventorySnapshot snapshot = inventory.snapshot();
        versions.forgetGone(snapshot);
        for (Host host : snapshot.objects(Host.class)) {
            fresh(host.id())
                    .ifPresent(report -> clusterNamed(report)
                            .filter(id -> snapshot.find(id).isPresent())
                            .ifPresent(id -> versions.reported(id, report.version())));
        }
        for (Cluster cluster : snapshot.objects(Cluster.class)) {
            if (cluster.ha().isKept()) {
                HaContents.of(snapshot, cluster).ifPresent(content -> tellMembers(cluster, content));
            }
        }
        for (Host host : snapshot.objects(Host.class)) {
            // What a host that is away was told last stands until it is back: it may do more than its last word said.
            clusterItServes(snapshot, host).filter(id -> host.isConnected()).ifPresent(id -> letGo(snapshot, host, id));
        }
    }

    static HaMode modeOf(Cluster cluster) {
        return cluster.ha().isArmed() ? HaMode.ARMED : HaMode.DISARMED;
    }

    private void tellMembers(Cluster cluster, HaContent content) {
        HaMode mode = modeOf(cluster);
        HaOrder order = new HaOrder(cluster.id(), versions.of(cluster.id(), mode, content), mode, content);
        content.hosts().forEach(host -> link.tell(host.id(), order));
    }

    /** The cluster for which a host does something by its own word. */
    private Optional<ClusterId> clusterItServes(InventorySnapshot snapshot, Host host) {
        return fresh(host.id()).filter(report -> report.mode() != HaMode.OFF).flatMap(ConfigPush::clusterNamed);
    }

    private static Optional<ClusterId> clusterNamed(HaReport report) {
        return ManagedObjectId.tryParse(report.clusterId())
                .filter(ClusterId.class::isInstance)
                .map(ClusterId.class::cast);
    }

    /** Tells a host that is to serve that cluster no more so, as soon as that is safe. */
    private void letGo(InventorySnapshot snapshot, Host host, ClusterId id) {
        Optional<Cluster> cluster = snapshot.find(id).map(Cluster.class::cast);
        if (cluster.isEmpty()) {
            link.tell(host.id(), new HaOrder(id, versions.newest(id).orElse(Long.MAX_VALUE), HaMode.OFF, null));
            return;
        }
        if (!cluster.get().ha().isKept()) {
            endFor(snapshot, host, cluster.get());
            return;
        }
        Optional<HaContent> content = HaContents.of(snapshot, cluster.get());
        if (content.isEmpty() || content.get().names(host.id())) {
            return;
        }
        long version = versions.newest(id).orElseThrow();
        boolean known = content.get().hosts().stream()
                .filter(member -> snapshot.get(member.id()).isConnected())
                .allMatch(member -> goesBy(member.id(), id, version));
        if (known) {
            LOG.info("{} takes no part in the high availability of {} any more", host.id(), id);
            // Told who goes on, it leaves to them what waits to be started again.
            link.tell(host.id(), new HaOrder(id, version, HaMode.OFF, content.get()));
        }
    }

    /** High availability of the cluster is off, and this host does not know yet, or has come back. */
    private void endFor(InventorySnapshot snapshot, Host host, Cluster cluster) {
        Optional<HaContent> content = HaContents.of(snapshot, cluster);
        boolean armed = snapshot.objects(Host.class).stream()
                .filter(Host::isConnected)
                .flatMap(other -> fresh(other.id()).stream())
                .anyMatch(report -> report.mode() == HaMode.ARMED
                        && report.clusterId().equals(cluster.id().value()));
        if (armed && content.isPresent()) {
            HaContent words = content.get();
            link.tell(
                    host.id(),
                    new HaOrder(
                            cluster.id(), versions.of(cluster.id(), HaMode.DISARMED, words), HaMode.DISARMED, words));
        } else {
            link.tell(
                    host.id(),
                    new HaOrder(cluster.id(), versions.of(cluster.id(), HaMode.OFF, null), HaMode.OFF, null));
        }
    }

    /** Whether a host says that it goes by this configuration or a later one. */
    private boolean goesBy(HostId host, ClusterId cluster, long version) {
        return fresh(host)
                .filter(report -> report.clusterId().equals(cluster.value()) && report.version() >= version)
                .isPresent();
    }

    /** What a host said lately. */
    private Optional<HaReport> fresh(HostId host) {
        return link.report(host)
                .filter(reported -> reported.isFresh(clock.instant()))
                .map(HaLink.Reported::report);
    }

    /**
     * What is known of a member.
     *
     * @param report what it said lately; empty when it is silent
     * @param current whether it goes by the newest configuration
     */
    record Standing(Host host, Optional<HaReport> report, boolean current) {}

    /** Every host that takes part, with its word. */
    List<Standing> standings(InventorySnapshot snapshot, Cluster cluster) {
        long version = versions.newest(cluster.id()).orElse(Long.MAX_VALUE);
        return HaContents.members(snapshot, cluster).stream()
                .map(host -> new Standing(host, fresh(host.id()), goesBy(host.id(), cluster.id(), version)))
                .toList();
    }

    /** How a cluster stands by what its hosts say. */
    Outlook outlook(InventorySnapshot snapshot, Cluster cluster) {
        return new Outlook(snapshot, cluster, standings(snapshot, cluster));
    }
}
