package dev.sternpost.agent.endpoint;

import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.agent.engine.EngineFacts;
import dev.sternpost.proto.agent.v1.CpuFacts;
import dev.sternpost.proto.agent.v1.CpuModelFacts;
import dev.sternpost.proto.agent.v1.DatastoreFacts;
import dev.sternpost.proto.agent.v1.HostFacts;
import dev.sternpost.proto.agent.v1.NetworkFacts;
import java.util.List;
import java.util.Map;

/** What this host is and has, put together for the server. */
public final class HostFactsSource {

    private static final long FREE_STEP_BYTES = 64L << 20;

    private final EngineFacts engine;
    private final DatastoreRegistry datastores;
    private final Map<String, String> networkKinds;
    private final List<String> notices;
    private final String relayAddress;

    /**
     * @param networkKinds "bridged" or "user" by name of the network
     * @param notices what an administrator should know beside the engine's own notices
     */
    public HostFactsSource(
            EngineFacts engine,
            DatastoreRegistry datastores,
            Map<String, String> networkKinds,
            List<String> notices,
            String relayAddress) {
        this.engine = engine;
        this.datastores = datastores;
        this.networkKinds = networkKinds;
        this.notices = List.copyOf(notices);
        this.relayAddress = relayAddress;
    }

    /** What guests can be given of CPU features. */
    public static CpuFacts cpu(EngineFacts engine) {
        return CpuFacts.newBuilder()
                .setAccelerator(engine.accelerator())
                .setVendor(ProcFiles.processor("vendor_id"))
                .addAllFeatures(engine.cpuFeatures())
                .build();
    }

    HostFacts now() {
        HostFacts.Builder facts = HostFacts.newBuilder()
                .setCpuModel(ProcFiles.processor("model name"))
                .setCpuCount(Runtime.getRuntime().availableProcessors())
                .setCpuMhz(megahertz())
                .setMemoryBytes(ProcFiles.memoryBytes("MemTotal"))
                .setAccelerator(engine.accelerator())
                .setAcceleratorReason(engine.acceleratorReason())
                .setQemuVersion(engine.version())
                .setRelayAddress(relayAddress)
                .setCpu(cpu(engine))
                .addAllMachineTypes(engine.machineTypes())
                .addAllNotices(engine.notices())
                .addAllNotices(notices);
        engine.missingFeatures()
                .forEach((model, missing) -> facts.addCpuModels(
                        CpuModelFacts.newBuilder().setModel(model).addAllMissingFeatures(missing)));
        datastores.facts().forEach(datastore -> {
            if (!datastore.complaint().isEmpty()) {
                facts.addNotices("datastore " + datastore.name() + " cannot be used: " + datastore.complaint() + ".");
            }
            if (!datastore.uuid().isEmpty()) {
                facts.addDatastores(DatastoreFacts.newBuilder()
                        .setUuid(datastore.uuid())
                        .setName(datastore.name())
                        .setCapacityBytes(datastore.capacityBytes())
                        .setFreeBytes(datastore.freeBytes())
                        .setAccessible(datastore.accessible()));
            }
        });
        networkKinds.forEach((name, kind) ->
                facts.addNetworks(NetworkFacts.newBuilder().setName(name).setKind(kind)));
        return facts.build();
    }

    /** Whether the server should hear; free bytes count only in steps, since they never stand still. */
    static boolean differ(HostFacts told, HostFacts now) {
        return !coarse(told).equals(coarse(now));
    }

    private static HostFacts coarse(HostFacts facts) {
        HostFacts.Builder coarse = facts.toBuilder().clearCpuMhz();
        coarse.getDatastoresBuilderList()
                .forEach(datastore ->
                        datastore.setFreeBytes(datastore.getFreeBytes() / FREE_STEP_BYTES * FREE_STEP_BYTES));
        return coarse.build();
    }

    private static int megahertz() {
        try {
            return (int) Double.parseDouble(ProcFiles.processor("cpu MHz"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
