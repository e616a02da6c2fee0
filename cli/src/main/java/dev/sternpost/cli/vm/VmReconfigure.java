package dev.sternpost.cli.vm;

import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.ReconfigureVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.sdk.SternpostSession;
import java.util.ArrayList;
import java.util.List;

final class VmReconfigure extends TaskVerb {
    String vm = "";

    ShapeOptions shape = new ShapeOptions();

    List<String> removed = new ArrayList<>();

    String pool = "";

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe(
                        "Change the shape of a powered-off virtual machine. A disk with a label that it has is changed,"
                                + " one without is added. Shares, reservations, limits, the pool, the longest pause and the CPU baseline may change while it runs.")
                .example("sternpost vm reconfigure web-1 --cpu 2 --memory 512M")
                .example("sternpost vm reconfigure web-1 --disk disk0=20G")
                .example("sternpost vm reconfigure web-1 --disk 5G:thin --remove nic1")
                .example("sternpost vm reconfigure web-1 --cpu-reservation 500 --memory-shares high --pool web")
                .example("sternpost vm reconfigure web-1 --max-downtime 100ms")
                .argument("VM", "Name, path, id or UUID.", text -> vm = text)
                .option(
                        "--remove",
                        "LABEL",
                        "Remove the disk or network card with this label. May be given several times.",
                        removed::add)
                .option("--pool", "POOL", "Resource pool to draw from (name, path or id).", text -> pool = text);
        shape.declare(syntax);
    }

    @Override
    protected Task file(SternpostSession session) {
        VirtualMachine before = VmRead.get(session, vm);
        // The version guards against a change between our reading and the server's doing.
        ReconfigureVirtualMachineRequest request = ReconfigureVirtualMachineRequest.newBuilder()
                .setVm(before.getId())
                .setEtag(before.getVersion())
                .setConfig(shape.config(session, before.getConfig()))
                .addAllRemoveLabels(removed)
                .setResourcePool(pool)
                .build();
        return session.call(() -> session.virtualMachines().reconfigureVirtualMachine(request))
                .getTask();
    }
}
