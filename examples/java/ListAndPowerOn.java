import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.ListVirtualMachinesRequest;
import dev.sternpost.proto.virtualmachine.v1.ListVirtualMachinesResponse;
import dev.sternpost.proto.virtualmachine.v1.PowerOnVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerState;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.sdk.ConnectOptions;
import dev.sternpost.sdk.Pages;
import dev.sternpost.sdk.SternpostClient;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.SternpostSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Lists the virtual machines, powers on the one named on the command line if it is off, and waits for it.
 *
 * <p>Run it: {@code java --sun-misc-unsafe-memory-access=allow -cp "cli/target/lib/*" examples/java/ListAndPowerOn.java web-1},
 * with STERNPOST_SERVER (host:port), STERNPOST_CA, STERNPOST_USER and STERNPOST_PASSWORD_FILE set. Exit status: 0 done,
 * 1 a fault, 2 wrong use.
 */
public class ListAndPowerOn {
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            System.err.println("usage: ListAndPowerOn VM");
            System.exit(2);
        }
        ConnectOptions options = ConnectOptions.to(variable("STERNPOST_SERVER"))
                .withCaFile(Path.of(variable("STERNPOST_CA")))
                .withUserAgent("list-and-power-on");
        String password = Files.readString(Path.of(variable("STERNPOST_PASSWORD_FILE"))).strip();

        try (SternpostClient client = SternpostClient.connect(options);
                SternpostSession session = client.login(variable("STERNPOST_USER"), password)) {
            List<VirtualMachine> vms = list(session);
            if (vms.stream().noneMatch(vm -> vm.getName().equals(arguments[0]))) {
                System.err.println("there is no virtual machine " + arguments[0]);
                System.exit(1);
            }
            for (VirtualMachine vm : vms) {
                System.out.printf("%-12s %-8s %s%n", vm.getName(), vm.getId(), vm.getPowerState());
                if (vm.getName().equals(arguments[0]) && vm.getPowerState() != PowerState.POWER_STATE_POWERED_ON) {
                    powerOn(session, vm);
                }
            }
        } catch (SternpostException e) {
            System.err.printf("%s (%s)%n", e.message(), e.code());
            System.exit(1);
        }
    }

    static List<VirtualMachine> list(SternpostSession session) {
        return Pages.all(
                token -> session.call(() -> session.virtualMachines()
                        .listVirtualMachines(ListVirtualMachinesRequest.newBuilder()
                                .setPageToken(token)
                                .build())),
                ListVirtualMachinesResponse::getVmsList,
                ListVirtualMachinesResponse::getNextPageToken);
    }

    static void powerOn(SternpostSession session, VirtualMachine vm) {
        Task task = session.call(() -> session.virtualMachines()
                .powerOnVirtualMachine(
                        PowerOnVirtualMachineRequest.newBuilder().setVm(vm.getId()).build())
                .getTask());
        Task ended = session.requireSuccess(task, Duration.ofMinutes(2));
        System.out.printf("%s: powered on by %s%n", vm.getName(), ended.getId());
    }

    static String variable(String name) {
        String value = System.getenv(name);
        if (value == null || value.isBlank()) {
            System.err.println("set " + name);
            System.exit(2);
        }
        return value;
    }
}
