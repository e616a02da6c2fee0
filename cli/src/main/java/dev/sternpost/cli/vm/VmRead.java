package dev.sternpost.cli.vm;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.pool.AllocationWords;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.inventory.v1.GetObjectRequest;
import dev.sternpost.proto.virtualmachine.v1.GetVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.ListVirtualMachinesRequest;
import dev.sternpost.proto.virtualmachine.v1.ListVirtualMachinesResponse;
import dev.sternpost.proto.virtualmachine.v1.PowerState;
import dev.sternpost.proto.virtualmachine.v1.VirtualDisk;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.proto.virtualmachine.v1.VirtualNic;
import dev.sternpost.sdk.Pages;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;
import java.util.List;

/** Looking at virtual machines. */
final class VmRead {
    private static final int PAGE_SIZE = 1_000;

    private VmRead() {}

    static VirtualMachine get(SternpostSession session, String reference) {
        GetVirtualMachineRequest request =
                GetVirtualMachineRequest.newBuilder().setVm(reference).build();
        return session.call(() -> session.virtualMachines().getVirtualMachine(request))
                .getVm();
    }

    static final class Ls extends ServerVerb {
        String parent = "";

        boolean poweredOn;

        boolean all;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List virtual machines; templates only with --all.")
                    .example("sternpost vm ls")
                    .example("sternpost vm ls --on --in /DC0/host/cluster-1")
                    .example("sternpost vm ls -o json | jq -r '.[].name'")
                    .option("--in", "OBJECT", "Only below this folder, cluster or host.", text -> parent = text)
                    .flag("--on", "Only those that are powered on.", () -> poweredOn = true)
                    .flag("--all", "Templates too.", () -> all = true);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            List<VirtualMachine> vms = Pages.all(
                    token -> page(session, token), page -> page.getVmsList(), page -> page.getNextPageToken());
            List<VirtualMachine> wanted = vms.stream()
                    .filter(vm -> all || !vm.getTemplate())
                    .filter(vm -> !poweredOn || vm.getPowerState() == PowerState.POWER_STATE_POWERED_ON)
                    .toList();
            print(table(), wanted);
            return ExitCode.DONE;
        }

        private ListVirtualMachinesResponse page(SternpostSession session, String token) {
            ListVirtualMachinesRequest request = ListVirtualMachinesRequest.newBuilder()
                    .setPageSize(PAGE_SIZE)
                    .setPageToken(token)
                    .setParent(parent)
                    .build();
            return session.call(() -> session.virtualMachines().listVirtualMachines(request));
        }

        private static Table<VirtualMachine> table() {
            return new Table<VirtualMachine>()
                    .column("NAME", VirtualMachine::getName)
                    .column("ID", VirtualMachine::getId)
                    .column("POWER", vm -> vm.getTemplate() ? "template" : Words.of(vm.getPowerState()))
                    .column("HOST", VirtualMachine::getHostName)
                    .column(
                            "IP ADDRESS",
                            vm -> vm.getGuest().getIpAddressesList().stream()
                                    .findFirst()
                                    .orElse(""))
                    .number("CPU", vm -> String.valueOf(vm.getConfig().getCpuCount()))
                    .number("MEMORY", vm -> Sizes.format(vm.getConfig().getMemoryBytes()))
                    .column("STATUS", vm -> Words.of(vm.getStatus()));
        }
    }

    static final class Show extends ServerVerb {
        String vm = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Show one virtual machine.")
                    .example("sternpost vm show web-1")
                    .example("sternpost vm show /DC0/vm/web/web-1 -o yaml")
                    .argument("VM", "Name, path, id or UUID.", text -> vm = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            VirtualMachine found = get(session, vm);
            print(forPeople() ? properties(session, found) : new Properties(), found);
            return ExitCode.DONE;
        }

        /** "VM Network (network-1012)"; the id alone where the object is gone meanwhile. */
        private static String named(SternpostSession session, String id) {
            if (id.isEmpty()) {
                return "";
            }
            GetObjectRequest request =
                    GetObjectRequest.newBuilder().setObject(id).build();
            try {
                return "%s (%s)"
                        .formatted(
                                session.call(() -> session.inventory().getObject(request))
                                        .getObject()
                                        .getName(),
                                id);
            } catch (SternpostException e) {
                return id;
            }
        }

        private static Properties properties(SternpostSession session, VirtualMachine vm) {
            Properties lines = new Properties()
                    .with("Name", vm.getName())
                    .with("Id", vm.getId())
                    .with("Path", vm.getPath())
                    .with("UUID", vm.getUuid())
                    .with("Power", vm.getTemplate() ? "template" : Words.of(vm.getPowerState()))
                    .withAny("On since", vm.hasBootTime() ? Times.format(vm.getBootTime()) : "")
                    .with("Status", Words.of(vm.getStatus()))
                    .withAny("Because", vm.getStatusReason())
                    .with("Host", "%s (%s)".formatted(vm.getHostName(), vm.getHostId()))
                    .with("CPUs", String.valueOf(vm.getConfig().getCpuCount()))
                    .with("Memory", Sizes.format(vm.getConfig().getMemoryBytes()))
                    .withAny("CPU share", AllocationWords.cpu(vm.getConfig().getCpuAllocation()))
                    .withAny(
                            "Memory share",
                            AllocationWords.memory(vm.getConfig().getMemoryAllocation()))
                    .with("Pause allowed", pause(vm.getConfig().getMaxDowntimeMs()))
                    .withAny("CPU baseline", baseline(vm))
                    .with("Firmware", Words.of(vm.getConfig().getFirmware()));
            for (VirtualDisk disk : vm.getConfig().getDisksList()) {
                lines.with(
                        "Disks",
                        "%s: %s %s, %s taken, %s"
                                .formatted(
                                        disk.getLabel(),
                                        Sizes.format(disk.getCapacityBytes()),
                                        Words.of(disk.getProvisioning()),
                                        Sizes.format(disk.getAllocatedBytes()),
                                        disk.getFileName()));
            }
            for (VirtualNic nic : vm.getConfig().getNicsList()) {
                lines.with(
                        "Network cards",
                        "%s: %s on %s"
                                .formatted(nic.getLabel(), nic.getMacAddress(), named(session, nic.getNetworkId())));
            }
            lines.with("Directory", "%s on %s".formatted(vm.getDirectory(), named(session, vm.getDatastoreId())))
                    .with("Resource pool", named(session, vm.getResourcePoolId()))
                    .withAny("Annotation", vm.getConfig().getAnnotation());
            if (vm.hasGuest()) {
                lines.with("Guest agent", tools(vm))
                        .withAny("Guest OS", vm.getGuest().getOsName())
                        .withAny("Guest name", vm.getGuest().getHostName());
                vm.getGuest().getIpAddressesList().forEach(address -> lines.with("IP addresses", address));
            }
            return lines.withAny("Machine", machine(vm))
                    .withAny("VNC", vm.getVncAddress())
                    .with("Generation", String.valueOf(vm.getGeneration()))
                    .with("Version", String.valueOf(vm.getVersion()));
        }

        private static String baseline(VirtualMachine vm) {
            String level = vm.getEffectiveCpuBaseline();
            if (level.isEmpty()) {
                return "";
            }
            return level
                    + (vm.getConfig().getCpuBaseline().isEmpty() ? ", that of its cluster" : ", its own")
                    + (vm.getWaitsForCpuBaseline() ? "; it waits for it until it is powered off and on" : "");
        }

        private static String pause(long millis) {
            return millis == 0 ? "as usual (300 ms)" : Times.format(Duration.ofMillis(millis));
        }

        private static String machine(VirtualMachine vm) {
            return vm.getMachineType().isEmpty()
                    ? ""
                    : "%s with CPUs of model %s, until it is powered off"
                            .formatted(vm.getMachineType(), vm.getCpuModel());
        }

        private static String tools(VirtualMachine vm) {
            return switch (vm.getGuest().getToolsState()) {
                case GUEST_TOOLS_STATE_RUNNING -> "running";
                case GUEST_TOOLS_STATE_NOT_RUNNING -> "does not answer";
                case GUEST_TOOLS_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
            };
        }
    }
}
