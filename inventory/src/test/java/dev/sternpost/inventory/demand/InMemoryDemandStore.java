package dev.sternpost.inventory.demand;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** For tests. */
public final class InMemoryDemandStore implements DemandStore {
    private final Map<VirtualMachineId, byte[]> models = new ConcurrentHashMap<>();

    @Override
    public void forEach(BiConsumer<VirtualMachineId, byte[]> reader) {
        models.forEach((vm, model) -> reader.accept(vm, model.clone()));
    }

    @Override
    public void save(Map<VirtualMachineId, byte[]> saved) {
        saved.forEach((vm, model) -> models.put(vm, model.clone()));
    }

    @Override
    public void removeAll(Collection<VirtualMachineId> vms) {
        models.keySet().removeAll(vms);
    }
}
