package dev.sternpost.cli.demo;

import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.PlainText;
import dev.sternpost.cli.task.TaskResults;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.CreateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.DeleteVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.GetVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerOffVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerOnVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerState;
import dev.sternpost.proto.virtualmachine.v1.ReadConsoleLogRequest;
import dev.sternpost.proto.virtualmachine.v1.RunGuestProgramRequest;
import dev.sternpost.proto.virtualmachine.v1.RunGuestProgramResponse;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The calls that the demonstration makes, each of them short. */
final class Guests {
    static final Duration TASK_BOUND = Duration.ofMinutes(2);
    private static final Duration ADDRESS_BOUND = Duration.ofSeconds(90);
    private static final Duration ADDRESS_PAUSE = Duration.ofMillis(300);
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(20);
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final SternpostSession session;

    Guests(SternpostSession session) {
        this.session = session;
    }

    VirtualMachine get(String reference) {
        GetVirtualMachineRequest request =
                GetVirtualMachineRequest.newBuilder().setVm(reference).build();
        return session.call(() -> session.virtualMachines().getVirtualMachine(request))
                .getVm();
    }

    Optional<VirtualMachine> find(String reference) {
        try {
            return Optional.of(get(reference));
        } catch (SternpostException e) {
            if (e.is("OBJECT_NOT_FOUND")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    Task create(String name, String template, String compute) {
        CreateVirtualMachineRequest request = CreateVirtualMachineRequest.newBuilder()
                .setName(name)
                .setTemplate(template)
                .setCompute(compute)
                .build();
        return session.call(() -> session.virtualMachines().createVirtualMachine(request))
                .getTask();
    }

    /** Made and powered on on that host. */
    Task createOn(String name, String template, String host) {
        CreateVirtualMachineRequest request = CreateVirtualMachineRequest.newBuilder()
                .setName(name)
                .setTemplate(template)
                .setCompute(host)
                .setPowerOn(true)
                .build();
        return session.call(() -> session.virtualMachines().createVirtualMachine(request))
                .getTask();
    }

    /** Whether the guest runs programs already. */
    boolean answers(String vm) {
        try {
            return run(vm, ANSWER_BOUND, List.of("true")).getExitCode() == 0;
        } catch (SternpostException e) {
            if (e.is("GUEST_NOT_RESPONDING")) {
                return false;
            }
            throw e;
        }
    }

    /** Lets the guest rest; one that does not answer, or does not run, is left as it is. */
    void stopLoad(String vm) {
        try {
            run(vm, ANSWER_BOUND, List.of("guest-load", "stop"));
        } catch (SternpostException e) {
            if (!e.is("GUEST_NOT_RESPONDING") && !e.is("VM_WRONG_POWER_STATE")) {
                throw e;
            }
        }
    }

    Task powerOn(String vm) {
        PowerOnVirtualMachineRequest request =
                PowerOnVirtualMachineRequest.newBuilder().setVm(vm).build();
        return session.call(() -> session.virtualMachines().powerOnVirtualMachine(request))
                .getTask();
    }

    /** Powers it off when need be and deletes it. */
    void delete(VirtualMachine vm) {
        if (vm.getPowerState() != PowerState.POWER_STATE_POWERED_OFF) {
            PowerOffVirtualMachineRequest request =
                    PowerOffVirtualMachineRequest.newBuilder().setVm(vm.getId()).build();
            done(session.call(() -> session.virtualMachines().powerOffVirtualMachine(request))
                    .getTask());
        }
        DeleteVirtualMachineRequest request =
                DeleteVirtualMachineRequest.newBuilder().setVm(vm.getId()).build();
        done(session.call(() -> session.virtualMachines().deleteVirtualMachine(request))
                .getTask());
    }

    /** Waits for success; the demonstration ends when there is none. */
    Task done(Task task) {
        return TaskResults.mustSucceed(session.waitForTask(task.getId(), TASK_BOUND));
    }

    /** Waits until the guest has told an IPv4 address that others can reach. */
    VirtualMachine withAddress(String vm) throws InterruptedException {
        long end = System.nanoTime() + ADDRESS_BOUND.toNanos();
        while (true) {
            VirtualMachine now = get(vm);
            if (!address(now).isEmpty()) {
                return now;
            }
            if (now.getPowerState() != PowerState.POWER_STATE_POWERED_ON) {
                throw new CommandFailure(
                        ExitCode.TASK_FAILED, now.getName() + " stopped before it had an address; see its console");
            }
            if (System.nanoTime() > end) {
                throw new CommandFailure(
                        ExitCode.TIMEOUT,
                        "%s told no IP address within %d s; see: sternpost vm console %s"
                                .formatted(now.getName(), ADDRESS_BOUND.toSeconds(), now.getName()));
            }
            Thread.sleep(ADDRESS_PAUSE);
        }
    }

    /** The first IPv4 address that is not link-local; empty when there is none. */
    static String address(VirtualMachine vm) {
        return vm.getGuest().getIpAddressesList().stream()
                .filter(address -> address.contains(".") && !address.startsWith("169.254."))
                .findFirst()
                .orElse("");
    }

    /** The last lines of the serial console. */
    List<String> console(String vm, int lines) {
        ReadConsoleLogRequest request =
                ReadConsoleLogRequest.newBuilder().setVm(vm).setTailBytes(4_096).build();
        String text = session.call(() -> session.virtualMachines().readConsoleLog(request))
                .getContent()
                .toStringUtf8();
        List<String> all =
                PlainText.lines(text).lines().filter(line -> !line.isBlank()).toList();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    RunGuestProgramResponse run(String vm, Duration within, List<String> command) {
        RunGuestProgramRequest request = RunGuestProgramRequest.newBuilder()
                .setVm(vm)
                .setProgram(command.getFirst())
                .addAllArguments(command.subList(1, command.size()))
                .setTimeoutMs(within.toMillis())
                .build();
        return session.call(() -> session.virtualMachines()
                .withDeadlineAfter(within.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)
                .runGuestProgram(request));
    }

    static String output(RunGuestProgramResponse answer) {
        return answer.getStandardOutput().toStringUtf8()
                + answer.getStandardError().toStringUtf8();
    }
}
