package dev.sternpost.cli.vm;

import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.CreateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineConfig;
import dev.sternpost.sdk.SternpostSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = "Make a virtual machine, from a template or with empty disks. What is left out comes from the"
                + " template, or else from what the datacenter has one of.",
        footer = {
            "  sternpost vm create web-1 --template linux-guest --on",
            "  sternpost vm create db-1 --cpu 2 --memory 1G --disk 10G:thin --nic vm-network --firmware uefi",
            "  sternpost vm create web-2 --template linux-guest --folder /DC0/vm/web --in cluster-1"
        })
final class VmCreate extends TaskVerb {
    @Parameters(paramLabel = "NAME", description = "Name of the new VM; its directory is called the same.")
    String name;

    @Option(
            names = {"-t", "--template"},
            paramLabel = "TEMPLATE",
            order = 1,
            description = "Template to copy (name, path or id).")
    String template = "";

    @Option(names = "--on", order = 2, description = "Power it on as well.")
    boolean powerOn;

    @Mixin
    ShapeOptions shape = new ShapeOptions();

    @Option(names = "--folder", paramLabel = "FOLDER", order = 20, description = "VM folder (path or id).")
    String folder = "";

    @Option(
            names = "--in",
            paramLabel = "OBJECT",
            order = 21,
            description = "Cluster, host or resource pool to run in (name, path or id).")
    String compute = "";

    @Option(
            names = "--datastore",
            paramLabel = "DATASTORE",
            order = 22,
            description = "Datastore (name, path or id). Default: the one with most space.")
    String datastore = "";

    @Override
    protected Task file(SternpostSession session) {
        CreateVirtualMachineRequest request = CreateVirtualMachineRequest.newBuilder()
                .setName(name)
                .setTemplate(template)
                .setFolder(folder)
                .setCompute(compute)
                .setDatastore(datastore)
                .setPowerOn(powerOn)
                .setConfig(shape.config(session, VirtualMachineConfig.getDefaultInstance()))
                .build();
        return session.call(() -> session.virtualMachines().createVirtualMachine(request))
                .getTask();
    }

    @Override
    protected String success(SternpostSession session, Task task) {
        VirtualMachine vm = VmRead.get(session, task.getResultId().isEmpty() ? name : task.getResultId());
        return "%s is made: %s on %s%s"
                .formatted(vm.getPath(), vm.getId(), vm.getHostName(), powerOn ? ", powered on" : "");
    }
}
