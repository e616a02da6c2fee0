package dev.sternpost.cli.vm;

import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.PowerOffVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerOnVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.ResetVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.ShutdownGuestRequest;
import dev.sternpost.proto.virtualmachine.v1.SuspendVirtualMachineRequest;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;

/** On, off, and what lies between. */
final class VmPower {
    private VmPower() {}

    static class On extends ManyVmsVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Power virtual machines on; a suspended one goes on where it stopped.")
                    .example("sternpost vm on web-1")
                    .example("sternpost vm on web-1 web-2 --no-wait");
        }

        @Override
        Task file(SternpostSession session, String vm) {
            PowerOnVirtualMachineRequest request =
                    PowerOnVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().powerOnVirtualMachine(request))
                    .getTask();
        }
    }

    static final class Resume extends On {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Let suspended virtual machines go on where they stopped.")
                    .example("sternpost vm resume web-1");
        }
    }

    static final class Off extends ManyVmsVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Cut the power, as pulling the plug does. To end the guest in order: shutdown.")
                    .example("sternpost vm off web-1");
        }

        @Override
        Task file(SternpostSession session, String vm) {
            PowerOffVirtualMachineRequest request =
                    PowerOffVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().powerOffVirtualMachine(request))
                    .getTask();
        }
    }

    static final class Shutdown extends ManyVmsVerb {
        Duration grace = Duration.ofSeconds(60);

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Ask the guest to shut down, by its agent or else by the power button, and wait for it.")
                    .example("sternpost vm shutdown web-1")
                    .example("sternpost vm shutdown web-1 --grace 2m")
                    .option(
                            "--grace",
                            "TIME",
                            "How long the guest may take. Default: 60s.",
                            text -> grace = Times.parse(text));
        }

        @Override
        Task file(SternpostSession session, String vm) {
            ShutdownGuestRequest request = ShutdownGuestRequest.newBuilder()
                    .setVm(vm)
                    .setTimeoutMs(grace.toMillis())
                    .build();
            return session.call(() -> session.virtualMachines().shutdownGuest(request))
                    .getTask();
        }
    }

    static final class Reset extends ManyVmsVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Press the reset button.").example("sternpost vm reset web-1");
        }

        @Override
        Task file(SternpostSession session, String vm) {
            ResetVirtualMachineRequest request =
                    ResetVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().resetVirtualMachine(request))
                    .getTask();
        }
    }

    static final class Suspend extends ManyVmsVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Save the memory to disk and stop.").example("sternpost vm suspend web-1");
        }

        @Override
        Task file(SternpostSession session, String vm) {
            SuspendVirtualMachineRequest request =
                    SuspendVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().suspendVirtualMachine(request))
                    .getTask();
        }
    }
}
