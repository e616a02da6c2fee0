package dev.sternpost.agent.engine;

import java.nio.file.Path;

/** How a virtual machine begins to run. */
public sealed interface LaunchMode {

    /** Power on: the guest boots. */
    record Cold() implements LaunchMode {}

    /**
     * From the memory state that {@link RunningVm#suspendTo} wrote. The guest runs when the start returns. The file is
     * left in place; whoever keeps the books deletes it once the start is recorded.
     */
    record ResumeFromSuspend(Path memoryFile) implements LaunchMode {}

    /**
     * The shadow VM of a live migration: paused, takes no disk locks, waits for {@link MigrationTarget#listen}.
     *
     * @param migrationId id of the migration
     */
    record Incoming(String migrationId) implements LaunchMode {}
}
