package dev.sternpost.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.availability.AvailabilityView;
import dev.sternpost.agent.availability.guard.GuardInProcess;
import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.agent.endpoint.AvailabilityMessages;
import dev.sternpost.agent.endpoint.FakeServer;
import dev.sternpost.agent.engine.simulated.SimulatedEngine;
import dev.sternpost.agent.engine.simulated.SimulatedGuest;
import dev.sternpost.agent.engine.simulated.SimulatedHardware;
import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.agent.vmdirectory.FileOwner;
import dev.sternpost.proto.agent.v1.AvailabilityConfig;
import dev.sternpost.proto.agent.v1.AvailabilityHost;
import dev.sternpost.proto.agent.v1.AvailabilityMode;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest.MessageCase;
import dev.sternpost.proto.agent.v1.CreateVm;
import dev.sternpost.proto.agent.v1.GuestMonitoring;
import dev.sternpost.proto.agent.v1.PowerOnVm;
import dev.sternpost.proto.agent.v1.ProtectedVm;
import dev.sternpost.proto.agent.v1.VmDirectory;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three whole agents over simulated hardware, with leases and heartbeats as they are, and nobody behind them but a server that says nothing. */
@Timeout(240)
abstract class FailoverCase {

    static final Duration BOUND = Duration.ofSeconds(60);
    private static final int HOSTS = 3;

    final TestAuthority authority = new TestAuthority();
    final SimulatedHardware hardware = new SimulatedHardware();
    final List<Member> members = new ArrayList<>();

    @TempDir
    Path directory;

    /** A host of the cluster. */
    final class Member {
        final String hostId;
        final Path home;
        final Path run;
        final FakeServer server;

        @Nullable
        GuardInProcess guard;

        @Nullable
        Agent agent;

        Member(int number) throws IOException {
            hostId = "host-" + number;
            home = directory.resolve(hostId);
            run = Files.createDirectories(directory.resolve("run-" + number));
            server = new FakeServer(authority, hostId);
        }

        void start(InetSocketAddress relay) {
            agent = new Agent(new Agent.Parts(
                    home,
                    authority.host(hostId, server.address()),
                    new SimulatedEngine(hardware, run, "boot"),
                    new DatastoreRegistry(Map.of("shared1", directory.resolve("shared"))),
                    FileOwner.self(),
                    relay,
                    Map.of("VM Network", "user"),
                    List.of(),
                    List.of("true"),
                    new Agent.GuardParts(run, "", (files, setup, listener) -> {
                        if (guard != null) {
                            // Another takes its place.
                            guard.die();
                        }
                        guard = new GuardInProcess(files, setup, listener, this::kill);
                        return guard;
                    })));
            Await.until(hostId + " to be connected", BOUND, () -> agent().link().isConnected());
        }

        Agent agent() {
            if (agent == null) {
                throw new AssertionError(hostId + " has no agent");
            }
            return agent;
        }

        AvailabilityView.Membership status() {
            return Objects.requireNonNull(agent().availability().view().membership(), "takes no part");
        }

        AvailabilityView.Machine machine() {
            AvailabilityView.Machine machine = status().machine();
            return machine == null
                    ? new AvailabilityView.Machine(
                            false, false, 0, new TreeSet<>(), new TreeMap<>(), List.of(), List.of())
                    : machine;
        }

        List<String> kill(Collection<String> vmIds) {
            vmIds.forEach(vm -> hardware.guest(run, vm).ifPresent(SimulatedGuest::kill));
            return List.of();
        }

        boolean runs(String vmId) {
            return machine().vms().stream()
                    .anyMatch(vm -> vm.vmId().value().equals(vmId) && vm.phase().runs());
        }

        /** The power is cut: agent, guard and virtual machines are gone in one moment. */
        void cutPower(String... vmIds) {
            if (guard != null) {
                guard.die();
            }
            agent().close();
            agent = null;
            kill(List.of(vmIds));
        }

        CommandResult run(Command command) {
            server.await(MessageCase.VM_INVENTORY);
            server.command(command);
            return server.awaitResult(command.getCommandId());
        }

        void close() throws InterruptedException {
            if (guard != null) {
                guard.die();
            }
            if (agent != null) {
                agent.close();
            }
            kill(List.of("vm-1"));
            server.close();
        }
    }

    @BeforeEach
    void startHosts() throws IOException {
        Files.createDirectories(directory.resolve("shared"));
        for (int number = 1; number <= HOSTS; number++) {
            Member member = new Member(number);
            members.add(member);
            member.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }
        configure(1, AvailabilityMode.AVAILABILITY_MODE_ARMED);
        Await.until(
                "leases, heartbeats and a coordinator",
                BOUND,
                () -> members.stream().allMatch(FailoverCase::isSettled)
                        && members.stream().anyMatch(member -> member.machine().coordinator()));
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Member member : members) {
            member.close();
        }
    }

    static boolean isSettled(Member member) {
        return member.status().leaseLeftMillis() > 0 && member.machine().heard().size() == HOSTS - 1;
    }

    void configure(long version, AvailabilityMode mode) {
        configure(version, mode, true);
    }

    void configure(long version, AvailabilityMode mode, boolean named) {
        configure(version, mode, named, "default");
    }

    void configure(long version, AvailabilityMode mode, boolean named, String timing) {
        configure(members, version, mode, named, timing);
    }

    /** Tells some of them what the members are to do. */
    void configure(List<Member> told, long version, AvailabilityMode mode, boolean named, String timing) {
        AvailabilityConfig.Builder config = AvailabilityConfig.newBuilder()
                .setClusterId("domain-c1")
                .setVersion(version)
                .setMode(mode)
                .setHeartbeatDatastoreUuid(place().getDatastoreUuid())
                .setTiming(timing);
        if (named) {
            config.addVms(ProtectedVm.newBuilder()
                    .setVmId("vm-1")
                    .setMemoryBytes(64L << 20)
                    .setPriority("medium")
                    .setIsolationResponse("leaveOn")
                    .setReadiness("poweredOn")
                    .setDatastoreUuid(place().getDatastoreUuid())
                    .setDirectory("app-1")
                    .setMonitoring(GuestMonitoring.newBuilder()
                            .setFailureIntervalMs(30_000)
                            .setMinUptimeMs(120_000)
                            .setResetsMax(3)
                            .setWindowMs(3_600_000)));
        }
        for (Member member : members) {
            InetSocketAddress relay = member.agent().relayAddress();
            config.addHosts(AvailabilityHost.newBuilder()
                    .setHostId(member.hostId)
                    .setMemoryBytes(1L << 30)
                    .setCpuMhz(1_000)
                    .setOpen(true)
                    .setRelayAddress(relay.getAddress().getHostAddress() + ":" + relay.getPort()));
        }
        told.forEach(member -> member.agent()
                .availability()
                .configure(AvailabilityMessages.plan(config.build().toByteArray())));
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

    Command.Builder command(String name, long generation) {
        return Command.newBuilder()
                .setCommandId("task-1/" + name)
                .setTaskId("task-1")
                .setLeaseEpoch(1)
                .setVmId("vm-1")
                .setGeneration(generation)
                .setDirectory(place());
    }

    void powerOn(Member member) {
        create(member);
        Await.until("the host to list it", BOUND, () -> member.runs("vm-1"));
    }

    void create(Member member) {
        CommandResult made = member.run(command("create", 1)
                .setCreateVm(CreateVm.newBuilder().setSpec(AgentCase.spec()))
                .build());
        assertThat(made.hasFault()).as(made.toString()).isFalse();
        CommandResult on = member.run(
                command("on", 1).setPowerOnVm(PowerOnVm.getDefaultInstance()).build());
        assertThat(on.hasFault()).as(on.toString()).isFalse();
    }
}
