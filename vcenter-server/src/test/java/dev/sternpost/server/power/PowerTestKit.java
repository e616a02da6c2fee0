package dev.sternpost.server.power;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.pass.InMemoryPassStore;
import dev.sternpost.inventory.power.HostPowerSetup;
import dev.sternpost.inventory.power.PowerLevel;
import dev.sternpost.inventory.power.PowerMethod;
import dev.sternpost.server.drs.Balancing;
import dev.sternpost.server.maintenance.HostMaintenance;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Three hosts of 4 CPUs and 4 GiB whose power can be switched, and a server whose reconcilers look each second. */
final class PowerTestKit {
    static final Caller ADA = Caller.named("ada");
    static final HostId ONE = SimulatedDatacenter.ONE;
    static final HostId TWO = SimulatedDatacenter.TWO;
    static final HostId THREE = SimulatedDatacenter.THREE;

    private static final int SECONDS_MAX = 4_000;

    final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    final SimulatedDatacenter.Server server = datacenter.server();
    final PowerManagement.Running power;
    private final HostMaintenance.Running maintenance;

    PowerTestKit() {
        Balancing balancing = server.balancing(new InMemoryPassStore());
        maintenance = server.maintenance(balancing);
        power = server.power(maintenance, balancing);
    }

    /** Gives every host a way to be woken. */
    PowerTestKit wakeable() {
        for (String host : List.of("h1", "h2", "h3")) {
            power.admin().updateHost("ada", host, by(PowerMethod.COMMAND));
        }
        return this;
    }

    static PowerAdmin.HostWish by(PowerMethod method) {
        return new PowerAdmin.HostWish(method, null, null, null, null, null, null, false);
    }

    static PowerAdmin.HostWish override(@Nullable PowerLevel level) {
        return new PowerAdmin.HostWish(null, null, null, null, null, null, level, level == null);
    }

    /** Wakes every host once, as a test. */
    PowerTestKit tested() {
        wakeable();
        for (String host : List.of("h1", "h2", "h3")) {
            ended(power.standby().test(ADA, host));
        }
        return this;
    }

    void level(PowerLevel level, int hostsMin, int stateSeconds) {
        power.admin()
                .update("ada", "prod", new PowerAdmin.ClusterWish(level, 0, null, hostsMin, stateSeconds, null, null));
    }

    void make(String name, HostId host, long memoryBytes, boolean powerOn) {
        ConfigWish wish = new ConfigWish(1, memoryBytes, null, List.of(), List.of(), "");
        server.succeed(server.vms.create(ADA, new CreateRequest(name, "", host.value(), "", "", wish, powerOn)));
    }

    VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    HostMode mode(HostId host) {
        return datacenter.snapshot().get(host).mode();
    }

    HostPowerSetup setup(HostId host) {
        return power.admin().hosts(host.value()).getFirst().setup();
    }

    /** A second of the server's life. */
    void second() {
        maintenance.tick().run();
        power.loop().tick();
        boolean[] over = {false};
        datacenter.loop().schedule(Duration.ofSeconds(1), () -> over[0] = true);
        datacenter.loop().runUntil("time passes", () -> over[0]);
    }

    void until(String what, BooleanSupplier condition) {
        for (int i = 0; i < SECONDS_MAX; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            second();
        }
        throw new AssertionError("not within " + SECONDS_MAX + " s: " + what);
    }

    void seconds(int count) {
        for (int i = 0; i < count; i++) {
            second();
        }
    }

    Task task(TaskView view) {
        return server.tasks().get(view.task().id()).task();
    }

    Task ended(TaskView view) {
        until("the end of " + view.task().id(), () -> task(view).state().isEnd());
        return task(view);
    }

    List<String> told(EventType type) {
        return datacenter.inventory().events(EventQuery.after(0, EventQuery.LIMIT_MAX)).stream()
                .filter(event -> event.type() == type)
                .map(Event::message)
                .toList();
    }
}
