package dev.sternpost.agent.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.ledger.Ledger;
import dev.sternpost.agent.relay.Relay;
import dev.sternpost.agent.relay.RelayLimits;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.agent.vmdirectory.VmDirectories;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An agent's operation layer with a real ledger, real directories, a real relay, and whatever engine the test wants. */
final class AgentRig implements AutoCloseable {
    /** What switches this machine off; writes nothing unless a test says so. */
    List<String> powerOffCommand = List.of("true");

    private static final long ANSWER_SECONDS_MAX = 90;

    final String hostId;
    final Heard heard = new Heard();
    Ledger ledger;
    Relay relay;
    Operations operations;
    HypervisorEngine engine;
    private final HostIdentity identity;
    private final Path home;
    private final DatastoreRegistry datastores;
    private final FileOwner owner;
    private final Supplier<? extends HypervisorEngine> engines;
    private int relayPort;
    Keeper keeper = Keeper.NONE;

    AgentRig(
            HostIdentity identity,
            Path home,
            Path datastore,
            FileOwner owner,
            Supplier<? extends HypervisorEngine> engines) {
        this(identity, home, Map.of("shared1", datastore), owner, engines);
    }

    AgentRig(
            HostIdentity identity,
            Path home,
            Map<String, Path> datastores,
            FileOwner owner,
            Supplier<? extends HypervisorEngine> engines) {
        this.identity = identity;
        this.hostId = identity.hostId();
        this.home = home;
        this.datastores = new DatastoreRegistry(datastores);
        this.owner = owner;
        this.engines = engines;
        this.engine = engines.get();
        this.ledger = Ledger.open(home.resolve("ledger"));
        this.relay = Relay.open(() -> identity, loopback(0), RelayLimits.DEFAULT);
        this.relayPort = relay.address().getPort();
        this.operations = operations();
        operations.recover();
    }

    /**
     * Ends the agent as kill -9 would as far as others can see, and leaves its processes. When this returns nothing of the
     * agent writes any more, as nothing of a dead process does.
     */
    void kill() {
        operations.close();
        assertThat(operations.threadCount()).as("threads of " + hostId).isZero();
        relay.close();
        engine.close();
        ledger.close();
    }

    /** A new agent over what the killed one left. */
    void restart() {
        engine = engines.get();
        ledger = Ledger.open(home.resolve("ledger"));
        relay = Relay.open(() -> identity, loopback(relayPort), RelayLimits.DEFAULT);
        operations = operations();
        operations.recover();
    }

    @Override
    public void close() {
        kill();
    }

    String datastoreUuid() {
        return datastores.facts().getFirst().uuid();
    }

    String datastoreUuid(String name) {
        return datastores.facts().stream()
                .filter(facts -> facts.name().equals(name))
                .findFirst()
                .orElseThrow()
                .uuid();
    }

    InetSocketAddress relayAddress() {
        return relay.address();
    }

    CompletableFuture<Outcome> submit(AgentCommand command) {
        CompletableFuture<Outcome> answer =
                heard.answers.computeIfAbsent(command.commandId(), _ -> new CompletableFuture<>());
        operations.submit(command);
        return answer;
    }

    Outcome run(AgentCommand command) {
        return await(submit(command));
    }

    /** Sends a command again, as a server does that has not heard the answer. */
    Outcome repeat(AgentCommand command) {
        heard.answers.remove(command.commandId());
        return run(command);
    }

    /** Runs a command that must succeed. */
    @Nullable
    Payload done(AgentCommand command) {
        Outcome outcome = run(command);
        Fault fault = outcome.fault();
        if (fault != null) {
            throw new AssertionError(command.operation() + " failed: " + fault);
        }
        return outcome.payload();
    }

    /** Runs a command that must fail, and says with what. */
    FaultCode refused(AgentCommand command) {
        return fault(run(command));
    }

    /** What a command failed with. */
    static FaultCode fault(Outcome outcome) {
        Fault fault = outcome.fault();
        if (fault == null) {
            throw new AssertionError("it succeeded: " + outcome);
        }
        return fault.code();
    }

    VmView view(String vmId) {
        return operations.inventory().stream()
                .filter(view -> view.vmId().equals(vmId))
                .findFirst()
                .orElseThrow(() -> new AssertionError(vmId + " is not on " + hostId));
    }

    boolean knows(String vmId) {
        return operations.inventory().stream().anyMatch(view -> view.vmId().equals(vmId));
    }

    static Outcome await(CompletableFuture<Outcome> answer) {
        try {
            return answer.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer: " + e, e);
        }
    }

    private Operations operations() {
        return new Operations(
                new HostKit(
                        hostId,
                        ledger,
                        engine,
                        new VmDirectories(hostId, owner),
                        datastores,
                        relay,
                        powerOffCommand,
                        keeper),
                heard,
                outcome -> String.valueOf(outcome.payload()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** What the server would have heard. */
    static final class Heard implements Reporter {
        final Map<String, CompletableFuture<Outcome>> answers = new ConcurrentHashMap<>();
        final List<VmView> views = new CopyOnWriteArrayList<>();
        final List<String> progress = new CopyOnWriteArrayList<>();

        @Override
        public void progress(String commandId, int percent, String detail, @Nullable MigrationProgress migration) {
            progress.add(commandId + " " + percent + " " + detail);
        }

        @Override
        public void finished(String commandId, Outcome outcome) {
            answers.computeIfAbsent(commandId, _ -> new CompletableFuture<>()).complete(outcome);
        }

        @Override
        public void changed(VmView vm) {
            views.add(vm);
        }

        @Override
        public void happened() {}
    }
}
