package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Committed;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.task.StepContext;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes what tasks change of VMs: change, event and audit in the transaction of the step. */
public final class VmRecords {
    private final Inventory inventory;

    public VmRecords(Inventory inventory) {
        this.inventory = inventory;
    }

    /** The newest snapshot. */
    public InventorySnapshot snapshot() {
        return inventory.snapshot();
    }

    /**
     * An event to come.
     *
     * @param message made from the VM after the change
     */
    public record Note(EventType type, @Nullable HostId hostId, Function<VirtualMachine, String> message) {
        public static Note of(EventType type, Function<VirtualMachine, String> message) {
            return new Note(type, null, message);
        }
    }

    /** Changes a VM, and returns it as it is now. The same twice, as after a repetition, changes nothing. */
    public VirtualMachine change(
            StepContext context, VirtualMachineId id, UnaryOperator<VirtualMachine> change, @Nullable Note note) {
        return change(context, id, (snapshot, vm) -> change.apply(vm), note);
    }

    /** The same for changes that look at the rest of the inventory. */
    public VirtualMachine change(
            StepContext context,
            VirtualMachineId id,
            BiFunction<InventorySnapshot, VirtualMachine, VirtualMachine> change,
            @Nullable Note note) {
        VirtualMachine[] result = new VirtualMachine[1];
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine before = snapshot.get(id);
            VirtualMachine after = change.apply(snapshot, before);
            result[0] = after;
            InventoryWrite.Builder write = InventoryWrite.builder();
            if (!after.equals(before)) {
                write.put(after).audit(audit(context, id));
            }
            if (note != null) {
                write.event(event(context, after, note));
            }
            return write.build();
        });
        return result[0];
    }

    /** Writes an event about a VM. */
    public void note(StepContext context, VirtualMachineId id, Note note) {
        change(context, id, UnaryOperator.identity(), note);
    }

    /** Inserts a VM. */
    VirtualMachine insert(StepContext context, Function<InventorySnapshot, VirtualMachine> make, Note note) {
        Committed committed = inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = make.apply(snapshot);
            return InventoryWrite.builder()
                    .put(vm)
                    .event(event(context, vm, note))
                    .audit(audit(context, vm.id()))
                    .build();
        });
        ManagedObject stored = committed.delta().changes().stream()
                .filter(InventoryDelta.Put.class::isInstance)
                .map(change -> ((InventoryDelta.Put) change).object())
                .findFirst()
                .orElseThrow();
        return (VirtualMachine) stored;
    }

    /** Takes a VM out of the inventory; does nothing when it is gone. */
    void remove(StepContext context, VirtualMachineId id, @Nullable Note note) {
        inventory.commit((InventorySnapshot snapshot) -> snapshot.find(id)
                .map(vm -> {
                    InventoryWrite.Builder write =
                            InventoryWrite.builder().remove(vm).audit(audit(context, id));
                    if (note != null) {
                        write.event(event(context, vm, note));
                    }
                    return write.build();
                })
                .orElse(InventoryWrite.NOTHING));
    }

    private static EventDraft event(StepContext context, VirtualMachine vm, Note note) {
        HostId host = note.hostId() == null ? vm.hostId() : note.hostId();
        return EventDraft.about(vm, note.type(), note.message().apply(vm))
                .onHost(host)
                .byUser(context.task().draft().userName())
                .byTask(context.task().id().toString());
    }

    private static AuditDraft audit(StepContext context, VirtualMachineId id) {
        return new AuditDraft(
                context.task().draft().userName(),
                context.task().draft().kind(),
                id,
                context.task().id().toString());
    }
}
