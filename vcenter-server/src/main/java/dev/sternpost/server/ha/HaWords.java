package dev.sternpost.server.ha;

import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HaAdmission;
import dev.sternpost.inventory.HaSettings;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Settings of high availability in words, for events. */
final class HaWords {
    private HaWords() {}

    static String of(InventorySnapshot snapshot, HaSettings settings) {
        DatastoreId heartbeats = settings.heartbeatDatastoreId();
        return "%s, heartbeats on %s, %s times, %s, isolated hosts %s, hung guests are %s"
                .formatted(
                        words(settings.state()),
                        Optional.ofNullable(heartbeats)
                                .flatMap(snapshot::find)
                                .map(ManagedObject::name)
                                .orElse("no datastore yet"),
                        switch (settings.timing()) {
                            case DEFAULT -> "normal";
                            case PATIENT -> "patient";
                        },
                        of(snapshot, settings.admission()),
                        switch (settings.isolation()) {
                            case LEAVE_ON -> "leave virtual machines on";
                            case SHUT_DOWN -> "shut virtual machines down";
                            case POWER_OFF -> "power virtual machines off";
                        },
                        settings.monitoring() ? "reset" : "left alone");
    }

    static String of(InventorySnapshot snapshot, HaAdmission admission) {
        return switch (admission.kind()) {
            case OFF -> "nothing is kept free";
            case HOST_FAILURES -> "%d host failures are tolerated".formatted(admission.hostFailures());
            case PERCENTAGE ->
                "%d %% of memory and %d %% of CPU are kept free"
                        .formatted(admission.memoryPercent(), admission.cpuPercent());
            case DEDICATED_HOSTS ->
                "kept free: "
                        + admission.dedicatedHostIds().stream()
                                .map(id -> snapshot.find(id)
                                        .map(ManagedObject::name)
                                        .orElse(id.value()))
                                .collect(Collectors.joining(", "));
        };
    }

    private static String words(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
