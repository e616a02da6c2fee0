package dev.sternpost.inventory;

import java.util.Objects;
import java.util.UUID;

/**
 * A virtual machine or template.
 *
 * @param parentId the folder it lies in
 * @param uuid the same as the guest's SMBIOS UUID
 * @param config its wanted shape
 * @param template whether it is a template, which cannot be powered on
 * @param hostId the host it is registered on, which alone may run it
 * @param resourcePoolId the pool it draws from
 * @param datastoreId the datastore that holds its directory
 * @param directory its directory, relative to the root of the datastore
 * @param vmxName name of its .vmx file in the directory, without ending
 * @param generation fence number of ownership; rises when the owner or the power intent changes
 * @param runtime how it was last observed
 * @param status overall status
 * @param statusReason why the status is not green; empty when it is
 */
public record VirtualMachine(
        VirtualMachineId id,
        String name,
        FolderId parentId,
        long version,
        UUID uuid,
        VmConfig config,
        boolean template,
        HostId hostId,
        ResourcePoolId resourcePoolId,
        DatastoreId datastoreId,
        String directory,
        String vmxName,
        long generation,
        VmRuntime runtime,
        OverallStatus status,
        String statusReason)
        implements ManagedObject {
    public VirtualMachine {
        Checks.object(id, name, version);
        Objects.requireNonNull(parentId, "parentId");
        Objects.requireNonNull(uuid, "uuid");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(hostId, "hostId");
        Objects.requireNonNull(resourcePoolId, "resourcePoolId");
        Objects.requireNonNull(datastoreId, "datastoreId");
        Checks.notBlank("directory", directory);
        Checks.notBlank("vmxName", vmxName);
        Checks.positive("generation", generation);
        Objects.requireNonNull(runtime, "runtime");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(statusReason, "statusReason");
        if (template && runtime.powerState() != PowerState.POWERED_OFF) {
            throw new IllegalArgumentException("a template is off: " + id);
        }
    }

    /** Whether it runs, as last observed. */
    public PowerState powerState() {
        return runtime.powerState();
    }

    /** What the guest says about itself. */
    public GuestInfo guest() {
        return runtime.guest();
    }

    public VirtualMachine withName(String newName) {
        return new Draft(this).name(newName).build();
    }

    public VirtualMachine withParentId(FolderId newParentId) {
        return new Draft(this).parentId(newParentId).build();
    }

    @Override
    public VirtualMachine withVersion(long newVersion) {
        return new Draft(this).version(newVersion).build();
    }

    public VirtualMachine withConfig(VmConfig newConfig) {
        return new Draft(this).config(newConfig).build();
    }

    public VirtualMachine withTemplate(boolean newTemplate) {
        return new Draft(this).template(newTemplate).build();
    }

    /** The same virtual machine with another owner; a change of owner always comes with a higher generation. */
    public VirtualMachine withOwner(HostId newHostId, long newGeneration) {
        if (newGeneration <= generation) {
            throw new IllegalArgumentException(
                    "%s: generation %d does not rise above %d".formatted(id, newGeneration, generation));
        }
        return new Draft(this).hostId(newHostId).generation(newGeneration).build();
    }

    /** The same virtual machine with the next generation, for a change of power intent. */
    public VirtualMachine withNextGeneration() {
        return new Draft(this).generation(generation + 1).build();
    }

    /** The same virtual machine with its files elsewhere. */
    public VirtualMachine withPlace(DatastoreId newDatastoreId, String newDirectory) {
        return new Draft(this).place(newDatastoreId, newDirectory).build();
    }

    public VirtualMachine withResourcePoolId(ResourcePoolId newResourcePoolId) {
        return new Draft(this).resourcePoolId(newResourcePoolId).build();
    }

    public VirtualMachine withRuntime(VmRuntime newRuntime) {
        return new Draft(this).runtime(newRuntime).build();
    }

    public VirtualMachine withStatus(OverallStatus newStatus, String newStatusReason) {
        return new Draft(this).status(newStatus, newStatusReason).build();
    }

    /** Keeps the withers short; never leaves this record. */
    private static final class Draft {
        private final VirtualMachine from;
        private String name;
        private FolderId parentId;
        private long version;
        private VmConfig config;
        private boolean template;
        private HostId hostId;
        private ResourcePoolId resourcePoolId;
        private DatastoreId datastoreId;
        private String directory;
        private long generation;
        private VmRuntime runtime;
        private OverallStatus status;
        private String statusReason;

        Draft(VirtualMachine from) {
            this.from = from;
            this.name = from.name;
            this.parentId = from.parentId;
            this.version = from.version;
            this.config = from.config;
            this.template = from.template;
            this.hostId = from.hostId;
            this.resourcePoolId = from.resourcePoolId;
            this.datastoreId = from.datastoreId;
            this.directory = from.directory;
            this.generation = from.generation;
            this.runtime = from.runtime;
            this.status = from.status;
            this.statusReason = from.statusReason;
        }

        Draft name(String value) {
            name = value;
            return this;
        }

        Draft parentId(FolderId value) {
            parentId = value;
            return this;
        }

        Draft version(long value) {
            version = value;
            return this;
        }

        Draft config(VmConfig value) {
            config = value;
            return this;
        }

        Draft template(boolean value) {
            template = value;
            return this;
        }

        Draft hostId(HostId value) {
            hostId = value;
            return this;
        }

        Draft resourcePoolId(ResourcePoolId value) {
            resourcePoolId = value;
            return this;
        }

        Draft place(DatastoreId newDatastoreId, String newDirectory) {
            datastoreId = newDatastoreId;
            directory = newDirectory;
            return this;
        }

        Draft generation(long value) {
            generation = value;
            return this;
        }

        Draft runtime(VmRuntime value) {
            runtime = value;
            return this;
        }

        Draft status(OverallStatus value, String reason) {
            status = value;
            statusReason = reason;
            return this;
        }

        VirtualMachine build() {
            return new VirtualMachine(
                    from.id,
                    name,
                    parentId,
                    version,
                    from.uuid,
                    config,
                    template,
                    hostId,
                    resourcePoolId,
                    datastoreId,
                    directory,
                    from.vmxName,
                    generation,
                    runtime,
                    status,
                    statusReason);
        }
    }
}
