package dev.sternpost.cli.vm;

import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.DeleteVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.RegisterVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.RenameVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.UnregisterVirtualMachineRequest;
import dev.sternpost.sdk.SternpostSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** In and out of the inventory. */
final class VmLife {
    private VmLife() {}

    @Command(
            name = "rename",
            description = "Give a virtual machine a new name; its directory keeps the old one.",
            footer = {"  sternpost vm rename web-1 web-old"})
    static final class Rename extends TaskVerb {
        @Parameters(index = "0", paramLabel = "VM", description = "Name, path, id or UUID.")
        String vm;

        @Parameters(index = "1", paramLabel = "NAME", description = "The new name.")
        String name;

        @Override
        protected Task file(SternpostSession session) {
            RenameVirtualMachineRequest request = RenameVirtualMachineRequest.newBuilder()
                    .setVm(vm)
                    .setName(name)
                    .build();
            return session.call(() -> session.virtualMachines().renameVirtualMachine(request))
                    .getTask();
        }
    }

    @Command(
            name = "delete",
            description = "Delete powered-off virtual machines with all their files.",
            footer = {"  sternpost vm delete web-1", "  sternpost vm delete web-1 web-2"})
    static final class Delete extends ManyVmsVerb {
        @Override
        Task file(SternpostSession session, String vm) {
            DeleteVirtualMachineRequest request =
                    DeleteVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().deleteVirtualMachine(request))
                    .getTask();
        }
    }

    @Command(
            name = "register",
            description = "Take a virtual machine whose directory lies on a datastore into the inventory.",
            footer = {
                "  sternpost vm register shared1 web-1",
                "  sternpost vm register shared1 images/base --name base --template"
            })
    static final class Register extends TaskVerb {
        @Parameters(index = "0", paramLabel = "DATASTORE", description = "Datastore (name, path or id).")
        String datastore;

        @Parameters(index = "1", paramLabel = "DIRECTORY", description = "Directory relative to its root.")
        String directory;

        @Option(names = "--name", paramLabel = "NAME", description = "Name. Default: the one in its .vmx file.")
        String name = "";

        @Option(names = "--template", description = "As a template.")
        boolean template;

        @Option(names = "--folder", paramLabel = "FOLDER", description = "VM folder (path or id).")
        String folder = "";

        @Option(names = "--in", paramLabel = "OBJECT", description = "Cluster or host to run in (name, path or id).")
        String compute = "";

        @Override
        protected Task file(SternpostSession session) {
            RegisterVirtualMachineRequest request = RegisterVirtualMachineRequest.newBuilder()
                    .setDatastore(datastore)
                    .setDirectory(directory)
                    .setName(name)
                    .setTemplate(template)
                    .setFolder(folder)
                    .setCompute(compute)
                    .build();
            return session.call(() -> session.virtualMachines().registerVirtualMachine(request))
                    .getTask();
        }
    }

    @Command(
            name = "unregister",
            description = "Take powered-off virtual machines out of the inventory; their files stay.",
            footer = {"  sternpost vm unregister web-1"})
    static final class Unregister extends ManyVmsVerb {
        @Override
        Task file(SternpostSession session, String vm) {
            UnregisterVirtualMachineRequest request =
                    UnregisterVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().unregisterVirtualMachine(request))
                    .getTask();
        }
    }
}
