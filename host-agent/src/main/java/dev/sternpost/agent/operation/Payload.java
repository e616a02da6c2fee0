package dev.sternpost.agent.operation;

import dev.sternpost.agent.datastore.FileEntry;
import dev.sternpost.agent.engine.GuestAgent.GuestProgramOutput;
import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.vmdirectory.ConsoleTail;
import dev.sternpost.agent.vmdirectory.VmShape;
import java.util.List;

/** What an operation answers with. */
public sealed interface Payload {

    /**
     * The stored answer of an earlier run of the same command.
     *
     * @param encoded as {@link OutcomeEncoder} made it
     */
    record Stored(byte[] encoded) implements Payload {}

    record Shape(VmShape shape) implements Payload {}

    record Program(GuestProgramOutput output) implements Payload {}

    record Console(ConsoleTail tail) implements Payload {}

    record Screen(byte[] png) implements Payload {}

    record Listing(List<FileEntry> entries) implements Payload {}

    record Migration(MigrationProgress progress) implements Payload {}

    /**
     * @param running whether the virtual CPUs run
     * @param downtimeMillis guest-seen pause; 0 when not measured
     * @param downtimeSource "guestTicker" or "engine"; empty when not measured
     */
    record Activation(boolean running, double downtimeMillis, String downtimeSource) implements Payload {}
}
