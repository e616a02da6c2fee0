package dev.sternpost.agent.main;

import dev.sternpost.agent.availability.guard.GuardClient;
import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.agent.endpoint.FakeServer;
import dev.sternpost.agent.engine.simulated.SimulatedEngine;
import dev.sternpost.agent.engine.simulated.SimulatedGuest;
import dev.sternpost.agent.engine.simulated.SimulatedHardware;
import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest.MessageCase;
import dev.sternpost.proto.agent.v1.CreateVm;
import dev.sternpost.proto.agent.v1.PowerOnVm;
import dev.sternpost.proto.agent.v1.VmDirectory;
import dev.sternpost.proto.agent.v1.VmSpec;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole agent over simulated hardware, and a server by hand. */
@Timeout(120)
abstract class AgentCase {

    static final Duration BOUND = Duration.ofSeconds(30);

    final TestAuthority authority = new TestAuthority();
    final SimulatedHardware hardware = new SimulatedHardware();

    @TempDir
    Path directory;

    FakeServer server;

    @Nullable
    Agent agent;

    @BeforeEach
    void startServer() throws IOException {
        server = new FakeServer(authority, "host-7");
        Files.createDirectories(directory.resolve("shared"));
        Files.createDirectories(directory.resolve("run"));
    }

    @AfterEach
    void end() throws InterruptedException {
        if (agent != null) {
            agent.close();
        }
        // A simulated machine outlives its agent, and would compute on through all the tests to come.
        hardware.guest(directory.resolve("run"), "vm-1").ifPresent(SimulatedGuest::kill);
        server.close();
    }

    Agent agent() {
        if (agent == null) {
            throw new AssertionError("no agent");
        }
        return agent;
    }

    void startAgent(HostIdentity identity) {
        agent = new Agent(new Agent.Parts(
                directory.resolve("home"),
                identity,
                new SimulatedEngine(hardware, directory.resolve("run"), "boot"),
                new DatastoreRegistry(Map.of("shared1", directory.resolve("shared"))),
                FileOwner.self(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Map.of("VM Network", "user"),
                List.of("a notice"),
                List.of("true"),
                new Agent.GuardParts(directory.resolve("run"), "", GuardClient::new)));
    }

    CommandResult run(Command command) {
        Await.until("the connection", BOUND, () -> agent().link().isConnected());
        server.await(MessageCase.VM_INVENTORY);
        server.heard.removeIf(
                request -> request.getCommandResult().getCommandId().equals(command.getCommandId()));
        server.command(command);
        return server.awaitResult(command.getCommandId());
    }

    Command create(String task) {
        return Command.newBuilder()
                .setCommandId(task + "/create")
                .setTaskId(task)
                .setLeaseEpoch(1)
                .setVmId("vm-1")
                .setGeneration(1)
                .setDirectory(place())
                .setCreateVm(CreateVm.newBuilder().setSpec(spec()))
                .build();
    }

    static VmSpec spec() {
        return VmSpec.newBuilder()
                .setVmId("vm-1")
                .setName("app-1")
                .setUuid("11111111-2222-3333-4444-555555555555")
                .setCpuCount(1)
                .setMemoryBytes(64L << 20)
                .setFirmware("bios")
                .build();
    }

    VmDirectory place() {
        return VmDirectory.newBuilder()
                .setDatastoreUuid(new DatastoreRegistry(Map.of("shared1", directory.resolve("shared")))
                        .facts()
                        .getFirst()
                        .uuid())
                .setDirectory("app-1")
                .build();
    }

    Command powerOn(String task, long generation) {
        return Command.newBuilder()
                .setCommandId(task + "/on")
                .setTaskId(task)
                .setLeaseEpoch(1)
                .setVmId("vm-1")
                .setGeneration(generation)
                .setPowerOnVm(PowerOnVm.getDefaultInstance())
                .build();
    }
}
