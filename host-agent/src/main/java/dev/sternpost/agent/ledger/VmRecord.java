package dev.sternpost.agent.ledger;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One virtual machine this host answers for.
 *
 * @param vmId id in the inventory
 * @param generation highest generation accepted
 * @param state what it is doing
 * @param datastoreUuid datastore of its directory
 * @param directory its directory relative to the datastore's root
 * @param vmxName base name of its files
 * @param bootEpochMillis when it was powered on, milliseconds since the epoch; 0 when off
 * @param migration the live migration in progress; null otherwise
 * @param activation how the last live migration to this host ended; null when there was none
 * @param move the move of its files in progress, to another host when there is a migration too; null otherwise
 */
public record VmRecord(
        String vmId,
        long generation,
        LedgerState state,
        String datastoreUuid,
        String directory,
        String vmxName,
        long bootEpochMillis,
        @Nullable MigrationMark migration,
        @Nullable ActivationRecord activation,
        @Nullable MoveMark move) {

    private static final String KIND = "sternpost vm 1";

    public VmRecord {
        if (generation < 0) {
            throw new IllegalArgumentException("a generation is not negative");
        }
    }

    /** A virtual machine that is off. */
    public static VmRecord off(String vmId, long generation, String datastoreUuid, String directory, String vmxName) {
        return new VmRecord(vmId, generation, LedgerState.OFF, datastoreUuid, directory, vmxName, 0, null, null, null);
    }

    public VmRecord withGeneration(long other) {
        return new VmRecord(
                vmId, other, state, datastoreUuid, directory, vmxName, bootEpochMillis, migration, activation, move);
    }

    public VmRecord withState(LedgerState other) {
        return new VmRecord(
                vmId,
                generation,
                other,
                datastoreUuid,
                directory,
                vmxName,
                bootEpochMillis,
                migration,
                activation,
                move);
    }

    public VmRecord withVmxName(String other) {
        return new VmRecord(
                vmId, generation, state, datastoreUuid, directory, other, bootEpochMillis, migration, activation, move);
    }

    public VmRecord withBootEpochMillis(long other) {
        return new VmRecord(
                vmId, generation, state, datastoreUuid, directory, vmxName, other, migration, activation, move);
    }

    /** Without a migration, no files go to another host any more either. */
    public VmRecord withMigration(@Nullable MigrationMark other) {
        return new VmRecord(
                vmId,
                generation,
                state,
                datastoreUuid,
                directory,
                vmxName,
                bootEpochMillis,
                other,
                activation,
                other == null && migration != null ? null : move);
    }

    /** The move of its files that goes with the migration to another host; null when there is none. */
    public @Nullable MoveMark travel() {
        return migration == null ? null : move;
    }

    public VmRecord withActivation(@Nullable ActivationRecord other) {
        return new VmRecord(
                vmId, generation, state, datastoreUuid, directory, vmxName, bootEpochMillis, migration, other, move);
    }

    public VmRecord withMove(@Nullable MoveMark other) {
        return new VmRecord(
                vmId,
                generation,
                state,
                datastoreUuid,
                directory,
                vmxName,
                bootEpochMillis,
                migration,
                activation,
                other);
    }

    /** Where it was moving, with nothing under way any more. */
    public VmRecord moved(MoveMark to) {
        return new VmRecord(
                vmId,
                generation,
                state,
                to.datastoreUuid(),
                to.directory(),
                vmxName,
                bootEpochMillis,
                migration,
                activation,
                null);
    }

    byte[] format() {
        Fields fields = new Fields(KIND)
                .put("vm", vmId)
                .put("generation", generation)
                .put("state", state.name())
                .put("datastore", datastoreUuid)
                .put("directory", directory)
                .put("vmx", vmxName)
                .put("boot", bootEpochMillis);
        if (migration != null) {
            fields.put("migration.id", migration.migrationId())
                    .put("migration.role", migration.role().name())
                    .put("migration.peer", migration.peerHostId())
                    .put("migration.next", migration.nextGeneration());
        }
        if (activation != null) {
            fields.put("activation.migration", activation.migrationId())
                    .put("activation.downtime", Double.toString(activation.downtimeMillis()))
                    .put("activation.source", activation.downtimeSource());
        }
        if (move != null) {
            fields.put("move.id", move.moveId())
                    .put("move.datastore", move.datastoreUuid())
                    .put("move.directory", move.directory());
        }
        return fields.format();
    }

    static VmRecord parse(byte[] content) throws IOException {
        Fields fields = Fields.parse(KIND, content);
        MigrationMark migration = fields.has("migration.id")
                ? new MigrationMark(
                        fields.text("migration.id"),
                        fields.word("migration.role", MigrationMark.Role.class),
                        fields.text("migration.peer"),
                        fields.number("migration.next"))
                : null;
        ActivationRecord activation = fields.has("activation.migration")
                ? new ActivationRecord(
                        fields.text("activation.migration"),
                        Double.parseDouble(fields.text("activation.downtime")),
                        fields.text("activation.source"))
                : null;
        MoveMark move = fields.has("move.id")
                ? new MoveMark(fields.text("move.id"), fields.text("move.datastore"), fields.text("move.directory"))
                : null;
        return new VmRecord(
                fields.text("vm"),
                fields.number("generation"),
                fields.word("state", LedgerState.class),
                fields.text("datastore"),
                fields.text("directory"),
                fields.text("vmx"),
                fields.number("boot"),
                migration,
                activation,
                move);
    }
}
