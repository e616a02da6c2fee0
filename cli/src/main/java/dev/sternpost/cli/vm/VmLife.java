package dev.sternpost.cli.vm;

import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.DeleteVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.RegisterVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.RenameVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.UnregisterVirtualMachineRequest;
import dev.sternpost.sdk.SternpostSession;

/** In and out of the inventory. */
final class VmLife {
    private VmLife() {}

    static final class Rename extends TaskVerb {
        String vm = "";

        String name = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Give a virtual machine a new name; its directory keeps the old one.")
                    .example("sternpost vm rename web-1 web-old")
                    .argument("VM", "Name, path, id or UUID.", text -> vm = text)
                    .argument("NAME", "The new name.", text -> name = text);
        }

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

    static final class Delete extends ManyVmsVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Delete powered-off virtual machines with all their files.")
                    .example("sternpost vm delete web-1")
                    .example("sternpost vm delete web-1 web-2");
        }

        @Override
        Task file(SternpostSession session, String vm) {
            DeleteVirtualMachineRequest request =
                    DeleteVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().deleteVirtualMachine(request))
                    .getTask();
        }
    }

    static final class Register extends TaskVerb {
        String datastore = "";

        String directory = "";

        String name = "";

        boolean template;

        String folder = "";

        String compute = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Take a virtual machine whose directory lies on a datastore into the inventory.")
                    .example("sternpost vm register shared1 web-1")
                    .example("sternpost vm register shared1 images/base --name base --template")
                    .argument("DATASTORE", "Datastore (name, path or id).", text -> datastore = text)
                    .argument("DIRECTORY", "Directory relative to its root.", text -> directory = text)
                    .option("--name", "NAME", "Name. Default: the one in its .vmx file.", text -> name = text)
                    .flag("--template", "As a template.", () -> template = true)
                    .option("--folder", "FOLDER", "VM folder (path or id).", text -> folder = text)
                    .option("--in", "OBJECT", "Cluster or host to run in (name, path or id).", text -> compute = text);
        }

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

    static final class Unregister extends ManyVmsVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Take powered-off virtual machines out of the inventory; their files stay.")
                    .example("sternpost vm unregister web-1");
        }

        @Override
        Task file(SternpostSession session, String vm) {
            UnregisterVirtualMachineRequest request =
                    UnregisterVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().unregisterVirtualMachine(request))
                    .getTask();
        }
    }
}
