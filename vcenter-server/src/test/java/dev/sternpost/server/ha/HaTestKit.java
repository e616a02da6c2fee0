package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.server.simulation.SimulatedAvailability;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Three hosts of 4 CPUs and 4 GiB that do what they are told of high availability, and a server whose reconcilers look each second. */
final class HaTestKit {
    static final Caller ADA = Caller.named("ada");
    static final HostId ONE = SimulatedDatacenter.ONE;
    static final HostId TWO = SimulatedDatacenter.TWO;
    static final HostId THREE = SimulatedDatacenter.THREE;

    private static final int SECONDS_MAX = 1_000;

    final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    final SimulatedDatacenter.Server server = datacenter.server();
    final SimulatedAvailability hosts = datacenter.availability();
    final HaManagement.Running ha = server.ha();

    /** With high availability on. */
    HaTestKit enabled() {
        server.succeed(ha.clusters().enable(ADA, "prod", ""));
        second();
        return this;
    }

    Cluster cluster() {
        return datacenter.snapshot().resolve("prod", Cluster.class);
    }

    void make(String name, HostId host, long memoryBytes, boolean powerOn) {
        ConfigWish wish = new ConfigWish(1, memoryBytes, null, List.of(), List.of(), "");
        server.succeed(server.vms.create(ADA, new CreateRequest(name, "", host.value(), "", "", wish, powerOn)));
    }

    VirtualMachine vm(String name) {
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    /** A second of the server's life. */
    void second() {
        hosts.report();
        ha.tick().run();
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

    Task ended(TaskView view) {
        until("the end of " + view.task().id(), () -> task(view).state().isEnd());
        return task(view);
    }

    private Task task(TaskView view) {
        return server.tasks().get(view.task().id()).task();
    }

    /** A host is not heard any more, and the server has noticed. */
    void silence(HostId host) {
        datacenter.reconciler().streamEnded(host, 1);
        until("the silence is noticed", () -> {
            look(host);
            return datacenter.snapshot().get(host).connectionState() == HostConnectionState.NOT_RESPONDING;
        });
    }

    /** The reconciler's look, with every other host heard. */
    void look(HostId silent) {
        Stream.of(ONE, TWO, THREE).filter(host -> !host.equals(silent)).forEach(datacenter.reconciler()::heard);
        datacenter.reconciler().tick();
    }

    List<String> told(EventType type) {
        return datacenter.inventory().events(EventQuery.after(0, EventQuery.LIMIT_MAX)).stream()
                .filter(event -> event.type() == type)
                .map(Event::message)
                .toList();
    }
}
