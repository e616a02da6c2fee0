package dev.sternpost.cli.task;

import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.task.v1.MoveJob;
import dev.sternpost.proto.task.v1.MoveJobEntry;
import java.io.PrintStream;

/** What came of each virtual machine of a job. */
public final class MoveJobTable {
    private MoveJobTable() {}

    public static void print(PrintStream out, String indent, MoveJob job) {
        new Table<MoveJobEntry>()
                .column("VM", MoveJobEntry::getVmName)
                .column("MOVE", entry -> Words.of(entry.getState()))
                .column("TASK", entry -> entry.getTaskId().isEmpty() ? "-" : entry.getTaskId())
                .column("DETAIL", entry -> entry.getDetail().isEmpty() ? "-" : entry.getDetail())
                .print(out, indent, job.getEntriesList());
    }
}
