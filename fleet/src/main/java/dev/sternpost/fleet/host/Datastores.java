package dev.sternpost.fleet.host;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.VmSpec;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The directories on all datastores of the fleet, one for each virtual machine. Safe for use from several threads. */
final class Datastores {
    private final Map<Place, VmFiles> files = new ConcurrentHashMap<>();

    Collection<VmFiles> all() {
        return files.values();
    }

    Optional<VmFiles> find(Place place) {
        return Optional.ofNullable(files.get(place));
    }

    /**
     * The directory of a virtual machine.
     *
     * @throws FaultException FILE_NOT_FOUND
     */
    VmFiles require(Place place) {
        return find(place)
                .orElseThrow(() -> new FaultException(
                        FaultCode.FILE_NOT_FOUND,
                        "there is no virtual machine in the directory \"" + place.directory()
                                + "\" of that datastore; browse the datastore."));
    }

    /** Makes a directory; the one that is there when the same virtual machine was made before. */
    VmFiles make(Place place, VmSpec spec) {
        VmFiles made = files.computeIfAbsent(place, at -> new VmFiles(at, spec, null, false));
        if (!made.spec().getVmId().equals(spec.getVmId())) {
            throw new FaultException(
                    FaultCode.NAME_TAKEN,
                    "the directory \"" + place.directory() + "\" exists on that datastore; choose another name.");
        }
        return made;
    }

    void put(VmFiles known) {
        files.put(known.place(), known);
    }

    void delete(Place place) {
        files.remove(place);
    }
}
