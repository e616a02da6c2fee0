package dev.sternpost.inventory;

/**
 * Id of a virtual machine or template, such as "vm-1017".
 *
 * @param value the id with its prefix
 */
public record VirtualMachineId(String value) implements ManagedObjectId {
    static final String PREFIX = "vm-";

    public VirtualMachineId {
        IdFormat.check(PREFIX, value);
    }

    /** The id with a number. */
    public static VirtualMachineId of(long number) {
        return new VirtualMachineId(PREFIX + number);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.VIRTUAL_MACHINE;
    }

    @Override
    public String toString() {
        return value;
    }
}
