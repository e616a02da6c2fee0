package dev.sternpost.fleet.host;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a host remembers of tasks: their lease epochs, the results of their commands, and what is under way. Guarded by its host. */
final class TaskBooks {
    /** Tasks the server forgot to take leave of. */
    private static final int TASKS_MAX = 2_000;

    private static final class Book {
        private long epoch;
        private final Map<String, CommandResult> results = new HashMap<>(4);
    }

    private final Map<String, Book> books = new LinkedHashMap<>();
    private final Set<String> underWay = new HashSet<>();

    /**
     * Takes a command in.
     *
     * @return the stored result of an earlier run
     * @throws FaultException STALE_EPOCH
     */
    Optional<CommandResult> result(Command command) {
        if (command.getTaskId().isEmpty()) {
            return Optional.empty();
        }
        Book book = books.computeIfAbsent(command.getTaskId(), id -> new Book());
        if (command.getLeaseEpoch() < book.epoch) {
            throw new FaultException(
                    FaultCode.STALE_EPOCH,
                    "this order comes from a server that task " + command.getTaskId()
                            + " was taken from; let the one that has it go on.");
        }
        book.epoch = command.getLeaseEpoch();
        return Optional.ofNullable(book.results.get(command.getCommandId()));
    }

    /** False when it is under way already. */
    boolean begin(String commandId) {
        return underWay.add(commandId);
    }

    void end(Command command, CommandResult result) {
        underWay.remove(command.getCommandId());
        if (command.getTaskId().isEmpty() || result.hasFault()) {
            return;
        }
        books.computeIfAbsent(command.getTaskId(), id -> new Book()).results.put(command.getCommandId(), result);
        if (books.size() > TASKS_MAX) {
            books.remove(books.keySet().iterator().next());
        }
    }

    int underWayCount() {
        return underWay.size();
    }

    void forget(String taskId) {
        books.remove(taskId);
    }

    /** The power was cut: nothing is under way any more. */
    void clear() {
        underWay.clear();
    }
}
