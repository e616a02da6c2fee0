package dev.sternpost.server.host;

import dev.sternpost.inventory.Datacenter;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.Network;
import dev.sternpost.inventory.NetworkId;
import dev.sternpost.inventory.ObjectName;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The facts of a host and the datastores and networks it sees. A datastore is known by its UUID, a network by its name; the
 * first host that reports one makes the object in its datacenter.
 */
final class SeenResources {
    /** Changes of free space smaller than this share of the capacity are not worth a commit. */
    private static final int FREE_SHARE_MIN = 200;

    private static final int NAME_TRIES_MAX = 100;

    private final Inventory inventory;

    SeenResources(Inventory inventory) {
        this.inventory = inventory;
    }

    void described(HostId hostId, HostDescription description) {
        inventory.commit((InventorySnapshot snapshot) -> {
            Host host = snapshot.find(hostId).orElse(null);
            Datacenter datacenter =
                    host == null ? null : snapshot.datacenterOf(hostId).orElse(null);
            if (host == null || datacenter == null) {
                return InventoryWrite.NOTHING;
            }
            InventoryWrite.Builder write = InventoryWrite.builder();
            Set<String> namesGiven = new HashSet<>();
            List<DatastoreId> datastoreIds = new ArrayList<>();
            for (HostDescription.SeenDatastore seen : description.datastores()) {
                datastoreIds.add(datastore(snapshot, datacenter, host, seen, namesGiven, write));
            }
            List<NetworkId> networkIds = new ArrayList<>();
            for (HostDescription.SeenNetwork seen : description.networks()) {
                networkIds.add(network(snapshot, datacenter, host, seen, write));
            }
            Host now = host.withReport(description.facts(), datastoreIds, networkIds);
            if (!now.equals(host)) {
                write.put(now);
                newNotices(host, description)
                        .forEach(notice -> write.event(EventDraft.about(host, EventType.HOST_NOTICE, notice)
                                .onHost(hostId)));
            }
            return write.build();
        });
    }

    private DatastoreId datastore(
            InventorySnapshot snapshot,
            Datacenter datacenter,
            Host host,
            HostDescription.SeenDatastore seen,
            Set<String> namesGiven,
            InventoryWrite.Builder write) {
        ManagedObject known = snapshot.findByUuid(seen.uuid()).orElse(null);
        if (known instanceof Datastore datastore) {
            if (worthTelling(datastore, seen)) {
                write.put(datastore.observed(seen.capacityBytes(), seen.freeBytes(), seen.accessible()));
                if (datastore.accessible() != seen.accessible()) {
                    write.event(EventDraft.about(
                                    datastore,
                                    seen.accessible()
                                            ? EventType.DATASTORE_ACCESSIBLE
                                            : EventType.DATASTORE_INACCESSIBLE,
                                    seen.accessible()
                                            ? "%s can be used again on %s.".formatted(datastore.name(), host.name())
                                            : "%s cannot be used on %s. Look at its path there."
                                                    .formatted(datastore.name(), host.name()))
                            .onHost(host.id()));
                }
            }
            return datastore.id();
        }
        DatastoreId id = DatastoreId.of(inventory.nextIdNumber());
        Datastore datastore = new Datastore(
                id,
                freeName(snapshot, datacenter.datastoreFolderId(), seen.name(), namesGiven),
                datacenter.datastoreFolderId(),
                0,
                seen.uuid(),
                seen.capacityBytes(),
                seen.freeBytes(),
                seen.accessible());
        write.put(datastore)
                .event(EventDraft.about(
                                datastore,
                                EventType.DATASTORE_DISCOVERED,
                                "%s was found on %s.".formatted(datastore.name(), host.name()))
                        .onHost(host.id()));
        return id;
    }

    private static boolean worthTelling(Datastore known, HostDescription.SeenDatastore seen) {
        return known.accessible() != seen.accessible()
                || known.capacityBytes() != seen.capacityBytes()
                || Math.abs(known.freeBytes() - seen.freeBytes()) > known.capacityBytes() / FREE_SHARE_MIN;
    }

    private NetworkId network(
            InventorySnapshot snapshot,
            Datacenter datacenter,
            Host host,
            HostDescription.SeenNetwork seen,
            InventoryWrite.Builder write) {
        ManagedObject known =
                snapshot.findChild(datacenter.networkFolderId(), seen.name()).orElse(null);
        if (known instanceof Network network) {
            if (network.networkKind() != seen.kind()) {
                write.put(network.withNetworkKind(seen.kind()));
            }
            return network.id();
        }
        NetworkId id = NetworkId.of(inventory.nextIdNumber());
        Network network = new Network(id, ObjectName.check(seen.name()), datacenter.networkFolderId(), 0, seen.kind());
        write.put(network)
                .event(EventDraft.about(
                                network,
                                EventType.NETWORK_DISCOVERED,
                                "%s was found on %s.".formatted(network.name(), host.name()))
                        .onHost(host.id()));
        return id;
    }

    /** The name a host gives a datastore, with a number behind it when another datastore has that name already. */
    private static String freeName(InventorySnapshot snapshot, FolderId folder, String wanted, Set<String> given) {
        for (int number = 1; number <= NAME_TRIES_MAX; number++) {
            String name = number == 1 ? wanted : wanted + " (" + number + ")";
            if (snapshot.findChild(folder, name).isEmpty() && given.add(name)) {
                return name;
            }
        }
        throw new IllegalStateException("more than " + NAME_TRIES_MAX + " datastores are called " + wanted);
    }

    private static List<String> newNotices(Host host, HostDescription description) {
        var before = host.facts();
        return description.facts().notices().stream()
                .filter(notice -> before == null || !before.notices().contains(notice))
                .toList();
    }
}
