package dev.sternpost.server.host;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.server.work.TaskBoard;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Remembers which hosts the orders of a task went to, and tells them when the task has ended that its results need not
 * be kept. What went out before a restart of the server is not remembered; agents bound what they keep.
 */
public final class CommandedHosts {
    private final HostCommands commands;
    private final Map<String, Set<HostId>> hosts = new ConcurrentHashMap<>();

    public CommandedHosts(HostCommands commands, TaskBoard board) {
        this.commands = commands;
        board.follow(view -> {
            if (view.task().state().isEnd()) {
                ended(view.task().id().toString());
            }
        });
    }

    private void ended(String taskId) {
        Set<HostId> told = hosts.remove(taskId);
        if (told != null) {
            told.forEach(host -> commands.forgetTask(host, taskId));
        }
    }

    /** The same commands, remembered. */
    public HostCommands remembering() {
        return new HostCommands() {
            @Override
            public CompletionStage<HostAnswer> send(
                    HostId hostId, HostCommand command, Duration timeout, Consumer<HostProgress> progress) {
                if (!command.taskId().isEmpty()) {
                    hosts.computeIfAbsent(command.taskId(), id -> ConcurrentHashMap.newKeySet())
                            .add(hostId);
                }
                return commands.send(hostId, command, timeout, progress);
            }

            @Override
            public boolean isConnected(HostId hostId) {
                return commands.isConnected(hostId);
            }

            @Override
            public void overtaken(VirtualMachineId vmId, HostId runsOn, Fault fault) {
                commands.overtaken(vmId, runsOn, fault);
            }

            @Override
            public void forgetTask(HostId hostId, String taskId) {
                commands.forgetTask(hostId, taskId);
            }
        };
    }
}
