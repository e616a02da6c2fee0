package dev.sternpost.cli.vm;

import dev.sternpost.cli.task.WaitOptions;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.PowerOffVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerOnVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.ResetVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.ShutdownGuestRequest;
import dev.sternpost.proto.virtualmachine.v1.SuspendVirtualMachineRequest;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** On, off, and what lies between. */
final class VmPower {
    private VmPower() {}

    @Command(
            name = "on",
            description = "Power virtual machines on; a suspended one goes on where it stopped.",
            footer = {"  sternpost vm on web-1", "  sternpost vm on web-1 web-2 --no-wait"})
    static class On extends ManyVmsVerb {
        @Override
        Task file(SternpostSession session, String vm) {
            PowerOnVirtualMachineRequest request =
                    PowerOnVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().powerOnVirtualMachine(request))
                    .getTask();
        }
    }

    @Command(
            name = "resume",
            description = "Let suspended virtual machines go on where they stopped.",
            footer = {"  sternpost vm resume web-1"})
    static final class Resume extends On {}

    @Command(
            name = "off",
            description = "Cut the power, as pulling the plug does. To end the guest in order: shutdown.",
            footer = {"  sternpost vm off web-1"})
    static final class Off extends ManyVmsVerb {
        @Override
        Task file(SternpostSession session, String vm) {
            PowerOffVirtualMachineRequest request =
                    PowerOffVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().powerOffVirtualMachine(request))
                    .getTask();
        }
    }

    @Command(
            name = "shutdown",
            description = "Ask the guest to shut down, by its agent or else by the power button, and wait for it.",
            footer = {"  sternpost vm shutdown web-1", "  sternpost vm shutdown web-1 --grace 2m"})
    static final class Shutdown extends ManyVmsVerb {
        @Option(
                names = "--grace",
                paramLabel = "TIME",
                converter = WaitOptions.DurationConverter.class,
                description = "How long the guest may take. Default: 60s.")
        Duration grace = Duration.ofSeconds(60);

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

    @Command(
            name = "reset",
            description = "Press the reset button.",
            footer = {"  sternpost vm reset web-1"})
    static final class Reset extends ManyVmsVerb {
        @Override
        Task file(SternpostSession session, String vm) {
            ResetVirtualMachineRequest request =
                    ResetVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().resetVirtualMachine(request))
                    .getTask();
        }
    }

    @Command(
            name = "suspend",
            description = "Save the memory to disk and stop.",
            footer = {"  sternpost vm suspend web-1"})
    static final class Suspend extends ManyVmsVerb {
        @Override
        Task file(SternpostSession session, String vm) {
            SuspendVirtualMachineRequest request =
                    SuspendVirtualMachineRequest.newBuilder().setVm(vm).build();
            return session.call(() -> session.virtualMachines().suspendVirtualMachine(request))
                    .getTask();
        }
    }
}
