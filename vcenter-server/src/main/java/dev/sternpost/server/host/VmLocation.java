package dev.sternpost.server.host;

import java.util.Objects;
import java.util.UUID;

/**
 * Where the directory of a VM lies, in terms every host understands.
 *
 * @param datastoreUuid UUID at the root of the datastore
 * @param directory relative to that root
 * @param vmxName name of the .vmx file without ending; empty when not known yet
 */
public record VmLocation(UUID datastoreUuid, String directory, String vmxName) {
    public VmLocation {
        Objects.requireNonNull(datastoreUuid, "datastoreUuid");
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(vmxName, "vmxName");
    }
}
