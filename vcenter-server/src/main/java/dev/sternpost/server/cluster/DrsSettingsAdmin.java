package dev.sternpost.server.cluster;

import dev.sternpost.inventory.AutomationLevel;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.DrsSettings;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Changes how clusters are balanced. Every method throws {@link FaultException} with the codes of the contract. */
public final class DrsSettingsAdmin {
    private static final String PRIVILEGE = "Host.Inventory.EditCluster";

    private final Inventory inventory;

    public DrsSettingsAdmin(Inventory inventory) {
        this.inventory = inventory;
    }

    /**
     * What is wanted; null or 0 leaves it.
     *
     * @param threshold 1 to 5
     */
    public record Wish(
            @Nullable Boolean enabled, @Nullable AutomationLevel automation, int threshold, int intervalSeconds) {}

    /** @throws FaultException OBJECT_NOT_FOUND, REQUEST_INVALID, VERSION_CONFLICT */
    public Cluster update(String userName, String reference, long etag, Wish wish) {
        requireIn("threshold", wish.threshold(), DrsSettings.THRESHOLD_MIN, DrsSettings.THRESHOLD_MAX);
        requireIn(
                "interval_seconds",
                wish.intervalSeconds(),
                DrsSettings.INTERVAL_SECONDS_MIN,
                DrsSettings.INTERVAL_SECONDS_MAX);
        if (wish.automation() == AutomationLevel.DISABLED) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "A cluster is turned off by \"enabled\"; DISABLED is for single VMs.");
        }
        ClusterId id = inventory.snapshot().resolve(reference, Cluster.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            Cluster cluster = snapshot.get(id);
            if (etag != 0 && cluster.version() != etag) {
                throw new FaultException(
                        FaultCode.VERSION_CONFLICT,
                        id.value(),
                        "%s has version %d by now, not %d; read it again and repeat."
                                .formatted(cluster.name(), cluster.version(), etag));
            }
            DrsSettings before = cluster.drs();
            DrsSettings after = new DrsSettings(
                    wish.enabled() == null ? before.enabled() : wish.enabled(),
                    wish.automation() == null ? before.automation() : wish.automation(),
                    wish.threshold() == 0 ? before.threshold() : wish.threshold(),
                    wish.intervalSeconds() == 0 ? before.intervalSeconds() : wish.intervalSeconds(),
                    before.overrides());
            return write(userName, cluster, after, describe(after));
        });
        return inventory.snapshot().get(id);
    }

    /**
     * Gives a VM a level of its own, or takes it away.
     *
     * @param automation null takes it away
     * @throws FaultException OBJECT_NOT_FOUND, REQUEST_INVALID
     */
    public Cluster override(String userName, String reference, @Nullable AutomationLevel automation) {
        VirtualMachineId vmId =
                inventory.snapshot().resolve(reference, VirtualMachine.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = snapshot.get(vmId);
            Cluster cluster = clusterOf(snapshot, vm);
            List<DrsSettings.VmOverride> overrides = new ArrayList<>(cluster.drs().overrides().stream()
                    .filter(one -> !one.vmId().equals(vmId)
                            && snapshot.find(one.vmId()).isPresent())
                    .toList());
            if (automation != null) {
                overrides.add(new DrsSettings.VmOverride(vmId, automation));
            }
            String message = automation == null
                    ? "%s is balanced like its cluster again".formatted(vm.name())
                    : "%s is balanced at level %s".formatted(vm.name(), words(automation));
            return write(userName, cluster, cluster.drs().withOverrides(overrides), message);
        });
        InventorySnapshot after = inventory.snapshot();
        return clusterOf(after, after.get(vmId));
    }

    private static Cluster clusterOf(InventorySnapshot snapshot, VirtualMachine vm) {
        return snapshot.clusterOf(vm.hostId())
                .orElseThrow(() -> new FaultException(
                        FaultCode.REQUEST_INVALID,
                        vm.id().value(),
                        "%s runs in no cluster, so nothing balances it.".formatted(vm.name())));
    }

    private static InventoryWrite write(String userName, Cluster cluster, DrsSettings after, String message) {
        return after.equals(cluster.drs())
                ? InventoryWrite.NOTHING
                : InventoryWrite.builder()
                        .put(cluster.withDrs(after))
                        .event(EventDraft.about(
                                        cluster,
                                        EventType.CLUSTER_DRS_RECONFIGURED,
                                        "Load balancing of %s: %s.".formatted(cluster.name(), message))
                                .byUser(userName))
                        .audit(new AuditDraft(userName, PRIVILEGE, cluster.id(), ""))
                        .build();
    }

    private static String describe(DrsSettings settings) {
        return settings.enabled()
                ? "on, %s, threshold %d, a pass every %d s"
                        .formatted(words(settings.automation()), settings.threshold(), settings.intervalSeconds())
                : "off";
    }

    private static String words(AutomationLevel level) {
        return level.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static void requireIn(String field, int value, int min, int max) {
        if (value != 0 && (value < min || value > max)) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "%s is %d; choose %d to %d.".formatted(field, value, min, max));
        }
    }
}
