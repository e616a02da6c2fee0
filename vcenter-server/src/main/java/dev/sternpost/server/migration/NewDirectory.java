package dev.sternpost.server.migration;

import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.server.host.VmLocation;
import java.util.HashSet;
import java.util.Set;

/** The directory that a VM's files get on another datastore: the name they have, or that with a number. */
final class NewDirectory {
    private static final int DIRECTORIES_TRIED_MAX = 1000;

    private NewDirectory() {}

    static VmLocation choose(InventorySnapshot snapshot, VirtualMachine vm, DatastoreId datastore) {
        Set<String> taken = new HashSet<>();
        for (VirtualMachine other : snapshot.objects(VirtualMachine.class)) {
            if (other.datastoreId().equals(datastore)) {
                taken.add(other.directory());
            }
        }
        String base = vm.directory().substring(vm.directory().lastIndexOf('/') + 1);
        String directory = base;
        for (int i = 1; taken.contains(directory) && i < DIRECTORIES_TRIED_MAX; i++) {
            directory = base + "-" + i;
        }
        return new VmLocation(snapshot.get(datastore).uuid(), directory, vm.vmxName());
    }
}
