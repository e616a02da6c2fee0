package dev.sternpost.server.simulation;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostProgress;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.task.kit.KitLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Agents and the link to them, with the manners of the real ones and none of their weight. */
public final class SimulatedHosts implements HostCommands {
    private static final int ANSWER_MILLIS = 5;
    private static final int ROUND_MILLIS = 50;

    private final KitLoop loop;
    private final SimulatedDatastore datastore = new SimulatedDatastore();
    private final Map<HostId, SimulatedHost> hosts = new TreeMap<>();
    private final Set<HostId> away = new HashSet<>();
    private final Set<HostId> failed = new HashSet<>();
    private final Set<VirtualMachineId> deaf = new HashSet<>();
    private final List<Kept> kept = new ArrayList<>();

    /** A command that nobody answers. */
    private record Kept(HostId hostId, @Nullable VirtualMachineId vmId, CompletableFuture<HostAnswer> answer) {}

    private Consumer<HostId> powerOff = host -> {};
    /** The CPU that guests get when nobody names one; empty where hosts do not tell what they give. */
    String cpuModel = "";

    public SimulatedHosts(KitLoop loop, List<HostId> ids) {
        this.loop = loop;
        ids.forEach(id -> hosts.put(id, new SimulatedHost(id, this, datastore)));
    }

    public SimulatedDatastore datastore() {
        return datastore;
    }

    /** From now on hosts tell which CPU they give guests when nobody names one. */
    public void giveByDefault(String newCpuModel) {
        cpuModel = newCpuModel;
    }

    /** What happens when a host is told to switch itself off. */
    void onPowerOff(Consumer<HostId> action) {
        powerOff = action;
    }

    /** Cuts or mends the link to a host. */
    public void setAway(HostId host, boolean isAway) {
        if (isAway) {
            away.add(host);
        } else {
            away.remove(host);
        }
    }

    /** Makes a guest that does not heed a request to shut down. */
    public void setDeaf(VirtualMachineId vm) {
        deaf.add(vm);
    }

    @Override
    public CompletionStage<HostAnswer> send(
            HostId hostId, HostCommand command, Duration timeout, Consumer<HostProgress> progress) {
        CompletableFuture<HostAnswer> answer = new CompletableFuture<>();
        if (away.contains(hostId)) {
            keep(hostId, command, timeout, FaultCode.HOST_NOT_CONNECTED, answer);
            return answer;
        }
        if (command.operation() instanceof HostOperation.ShutdownVm shutdown && deaf.contains(command.vmId())) {
            loop.schedule(
                    shutdown.timeout(),
                    () -> answer.completeExceptionally(
                            new FaultException(FaultCode.GUEST_NOT_RESPONDING, "it did not shut down")));
            return answer;
        }
        boolean copies = command.operation() instanceof HostOperation.StartMigration
                || command.operation() instanceof HostOperation.MoveFiles
                || command.operation() instanceof HostOperation.SendFiles;
        if (copies) {
            later(
                    ANSWER_MILLIS,
                    () -> progress.accept(new HostProgress(
                            50, "round 1", SimulatedHost.migration(false).report())));
        }
        later(copies ? ROUND_MILLIS : ANSWER_MILLIS, () -> {
            if (failed.contains(hostId)) {
                keep(hostId, command, timeout, FaultCode.OPERATION_TIMED_OUT, answer);
                return;
            }
            try {
                HostAnswer done = host(hostId).perform(command);
                if (command.operation() instanceof HostOperation.PowerOffHost) {
                    powerOff.accept(hostId);
                }
                answer.complete(done);
            } catch (FaultException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private void keep(
            HostId hostId,
            HostCommand command,
            Duration timeout,
            FaultCode inVain,
            CompletableFuture<HostAnswer> answer) {
        kept.add(new Kept(hostId, command.vmId(), answer));
        loop.schedule(
                timeout,
                () -> answer.completeExceptionally(
                        new FaultException(inVain, hostId.value(), hostId + " does not answer")));
    }

    /** The power of a host is cut: what it was doing is never answered, and nothing runs there any more. */
    public void fail(HostId host) {
        away.add(host);
        failed.add(host);
        host(host).ledger.clear();
    }

    /** What a host does for high availability after that of the lock has failed; what it says then. */
    public VmObservation startAgain(HostId host, VirtualMachineId vm, String directory) {
        return host(host).startAgain(vm, directory);
    }

    @Override
    public boolean isConnected(HostId hostId) {
        return !away.contains(hostId);
    }

    @Override
    public void overtaken(VirtualMachineId vmId, HostId runsOn, Fault fault) {
        List<Kept> given = kept.stream()
                .filter(each -> away.contains(each.hostId()) && vmId.equals(each.vmId()))
                .toList();
        kept.removeAll(given);
        given.forEach(each -> each.answer().completeExceptionally(new FaultException(fault)));
    }

    @Override
    public void forgetTask(HostId hostId, String taskId) {}

    SimulatedHost host(HostId id) {
        return Objects.requireNonNull(hosts.get(id));
    }

    void later(int millis, Runnable action) {
        loop.schedule(Duration.ofMillis(millis), action);
    }

    /** The host where the shadow VM of a migration waits. */
    @Nullable
    HostId incoming(VirtualMachineId vm, String migrationId) {
        for (Map.Entry<HostId, SimulatedHost> host : hosts.entrySet()) {
            SimulatedHost.Entry entry = host.getValue().ledger.get(vm);
            if (entry != null && entry.state == VmObservation.State.INCOMING && entry.migrationId.equals(migrationId)) {
                return host.getKey();
            }
        }
        return null;
    }

    /** The shadow VM on a host dies; when the lock names that host, so does the guest. */
    public void loseShadow(HostId id, VirtualMachineId vm) {
        host(id).loseShadow(vm);
    }

    /** What a host knows of its VMs. */
    List<VmObservation> observations(HostId id) {
        return host(id).ledger.entrySet().stream()
                .map(entry -> host(id).observation(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** The hosts on which a VM runs now. */
    public List<HostId> running(VirtualMachineId vm) {
        return hosts.entrySet().stream()
                .filter(host -> {
                    SimulatedHost.Entry entry = host.getValue().ledger.get(vm);
                    return entry != null && entry.state == VmObservation.State.POWERED_ON;
                })
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The hosts with an entry of a VM. */
    public List<HostId> knowing(VirtualMachineId vm) {
        return hosts.entrySet().stream()
                .filter(host -> host.getValue().ledger.containsKey(vm))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Directories and ledgers, without fence numbers. */
    public String state() {
        StringBuilder text = new StringBuilder("datastore\n").append(datastore.state());
        hosts.forEach((id, host) -> {
            text.append(id).append('\n');
            host.ledger.forEach((vm, entry) -> text.append("  ")
                    .append(vm)
                    .append(' ')
                    .append(entry.state)
                    .append(' ')
                    .append(entry.directory)
                    .append('\n'));
        });
        return text.toString();
    }

    /** No VM runs twice, and none without the lock. */
    public void checkInvariants() {
        Set<VirtualMachineId> seen = new HashSet<>();
        hosts.forEach((id, host) -> host.ledger.forEach((vm, entry) -> {
            if (entry.state == VmObservation.State.POWERED_ON) {
                if (!seen.add(vm)) {
                    throw new AssertionError(vm + " runs on two hosts");
                }
                SimulatedDatastore.Lock lock = Objects.requireNonNull(datastore.directories.get(entry.directory)).lock;
                if (lock == null || !lock.owner().equals(id)) {
                    throw new AssertionError(vm + " runs on " + id + " without the lock");
                }
            }
        }));
    }
}
