package dev.sternpost.cli.vm;

import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.UsageFailure;
import dev.sternpost.cli.task.MigrationReport;
import dev.sternpost.cli.task.MoveJobTable;
import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.CheckMigrationRequest;
import dev.sternpost.proto.virtualmachine.v1.CheckMigrationResponse;
import dev.sternpost.proto.virtualmachine.v1.DiskProvisioning;
import dev.sternpost.proto.virtualmachine.v1.MigrateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.MigrateVirtualMachinesRequest;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.sdk.SternpostSession;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

final class VmMigrate extends TaskVerb {
    final List<String> vms = new ArrayList<>();

    String offHost = "";

    String host = "";

    Duration pause = Duration.ZERO;

    long bandwidthBytesPerSecond;

    String datastore = "";

    DiskProvisioning provisioning = DiskProvisioning.DISK_PROVISIONING_UNSPECIFIED;

    boolean check;

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe(
                        "Move a running virtual machine to another host of its cluster while it runs. A powered-off one is"
                                + " just assigned there. With --datastore its files move to another datastore instead, while it"
                                + " runs if it runs; with both it goes to the host and its files to the datastore, which its"
                                + " present host need not see. Shows the seven phases, the pre-copy rounds, and how long the guest paused.")
                .example("sternpost vm migrate web-1")
                .example("sternpost vm migrate web-1 --to host-3")
                .example("sternpost vm migrate web-1 --check")
                .example("sternpost vm migrate web-1 --datastore shared2 --disk-format thin")
                .example("sternpost vm migrate web-1 --to host-2 --datastore local2")
                .example("sternpost vm migrate web-1 --bandwidth 100M --max-downtime 100ms")
                .example("sternpost vm migrate web-1 web-2 db-1 --to host-2")
                .example("sternpost vm migrate --off-host host-1")
                .anyArguments(
                        "VM",
                        "Name, path, id or UUID. Several move as one job, in this order; one that fails stops no other.",
                        vms::add)
                .option(
                        "--off-host",
                        "HOST",
                        "Move all virtual machines of this host, as one job, wherever they fit.",
                        text -> offHost = text)
                .option(
                        "--to, --host",
                        "HOST",
                        "Target host (name, path or id). Default: placement chooses.",
                        text -> host = text)
                .option(
                        "--datastore",
                        "DATASTORE",
                        "Move its files to this datastore (name, path or id); without --to it stays on its host.",
                        text -> datastore = text)
                .option(
                        "--disk-format",
                        "KIND",
                        "thin, thick or thick-eager: how disks are set aside there. Default: as they are.",
                        text -> provisioning = Disks.kind(text))
                .flag(
                        "--check, --dry-run",
                        "Only show which hosts would do, and how long it would take and the guest would pause.",
                        () -> check = true)
                .option(
                        "--max-downtime, --pause",
                        "TIME",
                        "Longest pause wanted; a guest that writes too fast for it is slowed down. Default: that of the virtual machine.",
                        text -> pause = Times.parse(text))
                .option(
                        "--bandwidth",
                        "SIZE",
                        "Send at most this much per second, like 100M; 1M at least.",
                        text -> bandwidthBytesPerSecond = Sizes.parse(text));
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        if (vms.isEmpty() == offHost.isEmpty()) {
            throw new UsageFailure(
                    vms.isEmpty()
                            ? "VM is missing"
                            : "either name virtual machines, or a host that all of its own are to leave");
        }
        if (!check) {
            return super.run(session);
        }
        if (vms.size() != 1) {
            throw new UsageFailure("--check looks at one virtual machine at a time");
        }
        CheckMigrationRequest request = CheckMigrationRequest.newBuilder()
                .setVm(vms.getFirst())
                .setHost(host)
                .setDowntimeLimitMs(pause.toMillis())
                .setBandwidthLimitBytesPerSecond(bandwidthBytesPerSecond)
                .setDatastore(datastore)
                .build();
        CheckMigrationResponse answer =
                session.call(() -> session.virtualMachines().checkMigration(request));
        if (forPeople()) {
            MigrationPreview.print(shell().out(), answer, !datastore.isEmpty());
        } else {
            print("", answer);
        }
        return answer.getHostsList().stream().anyMatch(one -> one.getObstaclesCount() == 0)
                ? ExitCode.DONE
                : ExitCode.CONFLICT;
    }

    @Override
    protected Task file(SternpostSession session) {
        if (isJob()) {
            MigrateVirtualMachinesRequest job = MigrateVirtualMachinesRequest.newBuilder()
                    .addAllVms(vms)
                    .setOffHost(offHost)
                    .setHost(host)
                    .setDowntimeLimitMs(pause.toMillis())
                    .setBandwidthLimitBytesPerSecond(bandwidthBytesPerSecond)
                    .setDatastore(datastore)
                    .setDiskProvisioning(provisioning)
                    .build();
            return session.call(() -> session.virtualMachines().migrateVirtualMachines(job))
                    .getTask();
        }
        MigrateVirtualMachineRequest request = MigrateVirtualMachineRequest.newBuilder()
                .setVm(vms.getFirst())
                .setHost(host)
                .setDowntimeLimitMs(pause.toMillis())
                .setBandwidthLimitBytesPerSecond(bandwidthBytesPerSecond)
                .setDatastore(datastore)
                .setDiskProvisioning(provisioning)
                .build();
        return session.call(() -> session.virtualMachines().migrateVirtualMachine(request))
                .getTask();
    }

    private boolean isJob() {
        return vms.size() > 1 || !offHost.isEmpty();
    }

    /** Also when the job has failed: then most of all one wants to know which. */
    @Override
    protected void ended(Task task) {
        if (isJob() && forPeople()) {
            MoveJobTable.print(shell().out(), "", task.getMoveJob());
        }
    }

    @Override
    protected String success(SternpostSession session, Task task) {
        if (isJob()) {
            return "%d virtual machines have moved".formatted(task.getMoveJob().getEntriesCount());
        }
        VirtualMachine moved = VmRead.get(session, task.getSubjectId());
        if (!datastore.isEmpty() && host.isEmpty()) {
            return "The files of %s are on %s now".formatted(moved.getName(), datastore);
        }
        String sentence = "%s is on %s now%s"
                .formatted(
                        moved.getName(), moved.getHostName(), datastore.isEmpty() ? "" : ", its files on " + datastore);
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
