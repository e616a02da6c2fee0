package dev.sternpost.cli.vm;

import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.CreateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineConfig;
import dev.sternpost.sdk.SternpostSession;
import java.util.Set;

final class VmCreate extends TaskVerb {
    String name = "";

    String template = "";

    boolean powerOn;

    ShapeOptions shape = new ShapeOptions();

    String folder = "";

    String compute = "";

    String datastore = "";

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Make a virtual machine, from a template or with empty disks. What is left out comes from the"
                        + " template, or else from what the datacenter has one of.")
                .example("sternpost vm create web-1 --template linux-guest --on")
                .example(
                        "sternpost vm create db-1 --cpu 2 --memory 1G --disk 10G:thin --nic vm-network --firmware uefi")
                .example("sternpost vm create web-2 --template linux-guest --folder /DC0/vm/web --in cluster-1")
                .argument("NAME", "Name of the new VM; its directory is called the same.", text -> name = text)
                .option("-t, --template", "TEMPLATE", "Template to copy (name, path or id).", text -> template = text)
                .flag("--on", "Power it on as well.", () -> powerOn = true)
                .option("--folder", "FOLDER", "VM folder (path or id).", text -> folder = text)
                .option(
                        "--in",
                        "OBJECT",
                        "Cluster, host or resource pool to run in (name, path or id).",
                        text -> compute = text)
                .option(
                        "--datastore",
                        "DATASTORE",
                        "Datastore (name, path or id). Default: the one with most space.",
                        text -> datastore = text);
        shape.declare(syntax);
    }

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
    protected Set<String> idleSteps() {
        return powerOn ? Set.of() : Set.of("power-on");
    }

    @Override
    protected String success(SternpostSession session, Task task) {
        VirtualMachine vm = VmRead.get(session, task.getResultId().isEmpty() ? name : task.getResultId());
        return "%s is made: %s on %s%s"
                .formatted(vm.getPath(), vm.getId(), vm.getHostName(), powerOn ? ", powered on" : "");
    }
}
