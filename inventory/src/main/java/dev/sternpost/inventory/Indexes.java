package dev.sternpost.inventory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The objects of a snapshot, and the ways to find them; each change costs O(log n) per way. */
record Indexes(
        SortedTree<ManagedObjectId, ManagedObject> objects,
        SortedTree<ChildKey, ManagedObject> children,
        SortedTree<NameKey, ManagedObject> names,
        SortedTree<UUID, ManagedObject> uuids,
        SortedTree<UseKey, ManagedObject> uses,
        SortedTree<MacKey, ManagedObject> macs) {
    /** A child in its parent; by name, which is unique there. */
    record ChildKey(ManagedObjectId parentId, String name) implements Comparable<ChildKey> {
        @Override
        public int compareTo(ChildKey other) {
            int byParent = parentId.compareTo(other.parentId);
            return byParent != 0 ? byParent : name.compareTo(other.name);
        }
    }

    /** An object by its name, which is not unique. */
    record NameKey(String name, ManagedObjectId id) implements Comparable<NameKey> {
        @Override
        public int compareTo(NameKey other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : id.compareTo(other.id);
        }
    }

    /** An object that refers to another one, which is not its parent. */
    record UseKey(ManagedObjectId usedId, ManagedObjectId userId) implements Comparable<UseKey> {
        @Override
        public int compareTo(UseKey other) {
            int byUsed = usedId.compareTo(other.usedId);
            return byUsed != 0 ? byUsed : userId.compareTo(other.userId);
        }
    }

    /** A virtual machine by the address of one of its cards; a directory that was copied may bring an address that is in use. */
    record MacKey(String macAddress, ManagedObjectId vmId) implements Comparable<MacKey> {
        @Override
        public int compareTo(MacKey other) {
            int byAddress = macAddress.compareTo(other.macAddress);
            return byAddress != 0 ? byAddress : vmId.compareTo(other.vmId);
        }
    }

    static final Indexes EMPTY = new Indexes(
            SortedTree.empty(),
            SortedTree.empty(),
            SortedTree.empty(),
            SortedTree.empty(),
            SortedTree.empty(),
            SortedTree.empty());

    /** All of these, each id once. */
    static Indexes of(Collection<? extends ManagedObject> all) {
        List<Map.Entry<ManagedObjectId, ManagedObject>> objects = new ArrayList<>(all.size());
        List<Map.Entry<ChildKey, ManagedObject>> children = new ArrayList<>(all.size());
        List<Map.Entry<NameKey, ManagedObject>> names = new ArrayList<>(all.size());
        List<Map.Entry<UUID, ManagedObject>> uuids = new ArrayList<>(all.size());
        Map<UseKey, ManagedObject> uses = new HashMap<>();
        Map<MacKey, ManagedObject> macs = new HashMap<>();
        for (ManagedObject object : all) {
            objects.add(Map.entry(object.id(), object));
            names.add(Map.entry(new NameKey(object.name(), object.id()), object));
            ManagedObjectId parentId = object.parentId();
            if (parentId != null) {
                children.add(Map.entry(new ChildKey(parentId, object.name()), object));
            }
            UUID uuid = uuid(object);
            if (uuid != null) {
                uuids.add(Map.entry(uuid, object));
            }
            // A machine with two cards on one network uses it once.
            uses(object).forEach(used -> uses.put(new UseKey(used, object.id()), object));
            macs(object).forEach(mac -> macs.put(new MacKey(mac, object.id()), object));
        }
        return new Indexes(
                SortedTree.of(objects),
                SortedTree.of(children),
                SortedTree.of(names),
                SortedTree.of(uuids),
                SortedTree.of(uses.entrySet()),
                SortedTree.of(macs.entrySet()));
    }

    Indexes with(ManagedObject object) {
        ManagedObject before = objects.get(object.id());
        Indexes base = before == null || hasSameKeys(before, object) ? this : without(before);
        ManagedObjectId parentId = object.parentId();
        UUID uuid = uuid(object);
        SortedTree<UseKey, ManagedObject> newUses = base.uses;
        for (ManagedObjectId used : uses(object)) {
            newUses = newUses.with(new UseKey(used, object.id()), object);
        }
        SortedTree<MacKey, ManagedObject> newMacs = base.macs;
        for (String mac : macs(object)) {
            newMacs = newMacs.with(new MacKey(mac, object.id()), object);
        }
        return new Indexes(
                base.objects.with(object.id(), object),
                parentId == null ? base.children : base.children.with(new ChildKey(parentId, object.name()), object),
                base.names.with(new NameKey(object.name(), object.id()), object),
                uuid == null ? base.uuids : base.uuids.with(uuid, object),
                newUses,
                newMacs);
    }

    /** Then whatever leads to one leads to the other: only what is found there is another. */
    private static boolean hasSameKeys(ManagedObject before, ManagedObject object) {
        return before.name().equals(object.name())
                && Objects.equals(before.parentId(), object.parentId())
                && Objects.equals(uuid(before), uuid(object))
                && uses(before).equals(uses(object))
                && macs(before).equals(macs(object));
    }

    Indexes without(ManagedObject object) {
        ManagedObjectId parentId = object.parentId();
        UUID uuid = uuid(object);
        SortedTree<UseKey, ManagedObject> newUses = uses;
        for (ManagedObjectId used : uses(object)) {
            newUses = newUses.without(new UseKey(used, object.id()));
        }
        SortedTree<MacKey, ManagedObject> newMacs = macs;
        for (String mac : macs(object)) {
            newMacs = newMacs.without(new MacKey(mac, object.id()));
        }
        return new Indexes(
                objects.without(object.id()),
                parentId == null ? children : children.without(new ChildKey(parentId, object.name())),
                names.without(new NameKey(object.name(), object.id())),
                uuid == null ? uuids : uuids.without(uuid),
                newUses,
                newMacs);
    }

    /** The UUID an object can be found by; null when its kind has none. */
    static @Nullable UUID uuid(ManagedObject object) {
        return switch (object) {
            case VirtualMachine vm -> vm.uuid();
            case Datastore datastore -> datastore.uuid();
            case Folder f -> null;
            case Datacenter d -> null;
            case Cluster c -> null;
            case Host h -> null;
            case ResourcePool p -> null;
            case Network n -> null;
        };
    }

    private static List<String> macs(ManagedObject object) {
        return object instanceof VirtualMachine vm
                ? vm.config().nics().stream()
                        .map(VirtualNic::macAddress)
                        .distinct()
                        .toList()
                : List.of();
    }

    /** What an object refers to, its parent not included; the tree and these together are all references there are. */
    static List<ManagedObjectId> uses(ManagedObject object) {
        return switch (object) {
            case VirtualMachine vm -> usesOf(vm);
            case Host host -> {
                List<ManagedObjectId> used = new ArrayList<>(host.datastoreIds());
                used.addAll(host.networkIds());
                yield used;
            }
            // A datacenter and a cluster own their folders and root pool, and a pool points upwards: no uses.
            case Folder f -> List.of();
            case Datacenter d -> List.of();
            case Cluster c -> List.of();
            case ResourcePool p -> List.of();
            case Datastore d -> List.of();
            case Network n -> List.of();
        };
    }

    private static List<ManagedObjectId> usesOf(VirtualMachine vm) {
        List<ManagedObjectId> used = new ArrayList<>(List.of(vm.hostId(), vm.resourcePoolId(), vm.datastoreId()));
        for (VirtualNic nic : vm.config().nics()) {
            used.add(nic.networkId());
        }
        return used;
    }

    boolean hasChildren(ManagedObjectId id) {
        return !children.range(key -> key.parentId().compareTo(id), 1).isEmpty();
    }

    ManagedObject require(ManagedObjectId id) {
        return Objects.requireNonNull(objects.get(id), () -> "no object " + id);
    }
}
