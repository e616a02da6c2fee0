package dev.sternpost.cli.vm;

import dev.sternpost.cli.task.MigrationReport;
import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.MigrateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.sdk.SternpostSession;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "migrate",
        description =
                "Move a running virtual machine to another host of its cluster while it runs. A powered-off one is"
                        + " just assigned there. Shows the seven phases, the pre-copy rounds, and how long the guest paused.",
        footer = {
            "  sternpost vm migrate web-1",
            "  sternpost vm migrate web-1 --to host-3",
            "  sternpost vm migrate web-1 --bandwidth 100M --pause 100ms"
        })
final class VmMigrate extends TaskVerb {
    @Parameters(paramLabel = "VM", description = "Name, path, id or UUID.")
    String vm;

    @Option(
            names = "--to",
            paramLabel = "HOST",
            description = "Target host (name, path or id). Default: placement chooses.")
    String host = "";

    @Option(
            names = "--pause",
            paramLabel = "TIME",
            converter = dev.sternpost.cli.task.WaitOptions.DurationConverter.class,
            description = "Longest pause wanted. Default: 300ms.")
    Duration pause = Duration.ZERO;

    @Option(
            names = "--bandwidth",
            paramLabel = "SIZE",
            converter = Disks.SizeConverter.class,
            description = "Send at most this much per second, like 100M.")
    long bandwidthBytesPerSecond;

    @Override
    protected Task file(SternpostSession session) {
        MigrateVirtualMachineRequest request = MigrateVirtualMachineRequest.newBuilder()
                .setVm(vm)
                .setHost(host)
                .setDowntimeLimitMs(pause.toMillis())
                .setBandwidthLimitBytesPerSecond(bandwidthBytesPerSecond)
                .build();
        return session.call(() -> session.virtualMachines().migrateVirtualMachine(request))
                .getTask();
    }

    @Override
    protected String success(SternpostSession session, Task task) {
        VirtualMachine moved = VmRead.get(session, task.getSubjectId());
        String sentence = "%s is on %s now".formatted(moved.getName(), moved.getHostName());
        if (task.getMigration().getRoundsCount() == 0) {
            return sentence;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream text = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        MigrationReport.print(text, "", task.getMigration());
        text.print(sentence);
        text.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
