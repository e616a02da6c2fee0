package dev.sternpost.agent.operation;

import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.VmShape;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes commands as the server does. Each has a task of its own unless a test says otherwise. */
final class Orders {

    static final String VM = "vm-1";
    static final String TICKET = "a ticket nobody guesses";

    private static final AtomicInteger TASKS = new AtomicInteger();

    private final VmPlace place;

    Orders(String datastoreUuid) {
        this.place = new VmPlace(datastoreUuid, "app-1");
    }

    static VmShape shape(String vmId) {
        return new VmShape(vmId, "app-1", UUID.randomUUID(), 1, 32L << 20, Firmware.BIOS, List.of(), List.of(), "");
    }

    AgentCommand of(long generation, Operation operation) {
        String task = "task-" + TASKS.incrementAndGet();
        return new AgentCommand(
                task + "/" + operation.getClass().getSimpleName(), task, 1, VM, generation, place, operation);
    }

    static AgentCommand withEpoch(AgentCommand command, long epoch) {
        return new AgentCommand(
                command.commandId(),
                command.taskId(),
                epoch,
                command.vmId(),
                command.generation(),
                command.place(),
                command.operation());
    }

    AgentCommand create(long generation) {
        return of(generation, new Operation.CreateVm(shape(VM), null, ""));
    }

    AgentCommand powerOn(long generation) {
        return of(generation, new Operation.PowerOnVm(""));
    }

    AgentCommand powerOff(long generation) {
        return of(generation, new Operation.PowerOffVm());
    }

    AgentCommand delete(long generation) {
        return of(generation, new Operation.DeleteVm());
    }

    AgentCommand shutdown(long generation, long timeoutMillis) {
        return of(generation, new Operation.ShutdownVm(Duration.ofMillis(timeoutMillis)));
    }

    AgentCommand adopt(long generation) {
        return of(generation, new Operation.AdoptVm(""));
    }

    AgentCommand prepare(long generation, String migrationId, String sourceHostId) {
        return of(
                generation, new Operation.PrepareIncoming(migrationId, TICKET, sourceHostId, generation + 1, "app-1"));
    }

    AgentCommand start(long generation, String migrationId, String targetHostId, InetSocketAddress relay) {
        return start(generation, migrationId, targetHostId, relay, 60_000);
    }

    AgentCommand start(
            long generation, String migrationId, String targetHostId, InetSocketAddress relay, long timeoutMillis) {
        return of(
                generation,
                new Operation.StartMigration(migrationId, TICKET, targetHostId, relay, 300, 0, timeoutMillis));
    }

    AgentCommand switchOver(long generation, String migrationId) {
        return of(generation, new Operation.SwitchOver(migrationId, generation + 1));
    }

    AgentCommand activate(long generation, String migrationId) {
        return of(generation, new Operation.ActivateIncoming(migrationId));
    }

    AgentCommand cancel(long generation, String migrationId) {
        return of(generation, new Operation.CancelMigration(migrationId));
    }

    AgentCommand abort(long generation, String migrationId) {
        return of(generation, new Operation.AbortIncoming(migrationId));
    }

    AgentCommand release(long generation, String migrationId) {
        return of(generation, new Operation.ReleaseSource(migrationId));
    }

    AgentCommand move(long generation, String moveId, VmPlace to) {
        return of(generation, new Operation.MoveFiles(moveId, to, null, 0));
    }

    AgentCommand switchFiles(long generation, String moveId, VmPlace to) {
        return of(generation, new Operation.SwitchFiles(moveId, to));
    }

    AgentCommand cancelMove(long generation, String moveId, VmPlace to) {
        return of(generation, new Operation.CancelFileMove(moveId, to));
    }

    AgentCommand receive(long generation, String moveId, String sourceHostId) {
        return of(generation, new Operation.ReceiveFiles(moveId, TICKET, sourceHostId, generation + 1, "app-1"));
    }

    /** @param to the rig that the place is on */
    AgentCommand send(long generation, String moveId, AgentRig to, VmPlace place) {
        return of(
                generation,
                new Operation.SendFiles(moveId, TICKET, to.hostId, to.relayAddress(), place, generation + 1, 0));
    }

    AgentCommand prepareWithFiles(long generation, String moveId, String sourceHostId) {
        return of(
                generation,
                new Operation.PrepareIncoming(moveId, TICKET, sourceHostId, generation + 1, "app-1", true, null));
    }

    AgentCommand startWithFiles(long generation, String moveId, AgentRig to, VmPlace place, long bytesPerSecondMax) {
        return of(
                generation,
                new Operation.StartMigration(
                        moveId, TICKET, to.hostId, to.relayAddress(), 300, bytesPerSecondMax, 60_000, place));
    }

    AgentCommand handOver(long generation, String moveId, VmPlace place) {
        return of(generation, new Operation.HandOverFiles(moveId, place));
    }

    AgentCommand take(long generation, String moveId) {
        return of(generation, new Operation.TakeFiles(moveId));
    }

    AgentCommand removeMoved(long generation, VmPlace to) {
        return of(generation, new Operation.RemoveMovedFiles(place, to, "app-1"));
    }
}
