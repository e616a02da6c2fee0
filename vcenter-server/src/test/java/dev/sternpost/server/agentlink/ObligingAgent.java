package dev.sternpost.server.agentlink;

import com.google.protobuf.ByteString;
import dev.sternpost.inventory.HostId;
import dev.sternpost.proto.agent.v1.ActivationResult;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandProgress;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConnectResponse;
import dev.sternpost.proto.agent.v1.ConsoleLog;
import dev.sternpost.proto.agent.v1.DatastoreFacts;
import dev.sternpost.proto.agent.v1.DirectoryListing;
import dev.sternpost.proto.agent.v1.DiskSpec;
import dev.sternpost.proto.agent.v1.FileEntry;
import dev.sternpost.proto.agent.v1.GuestProgramResult;
import dev.sternpost.proto.agent.v1.HostFacts;
import dev.sternpost.proto.agent.v1.MigrationRound;
import dev.sternpost.proto.agent.v1.MigrationStatus;
import dev.sternpost.proto.agent.v1.NetworkFacts;
import dev.sternpost.proto.agent.v1.VmInventory;
import dev.sternpost.proto.agent.v1.VmSpec;
import dev.sternpost.proto.agent.v1.VmStatus;
import dev.sternpost.proto.type.v1.Fault;
import dev.sternpost.server.TestServer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * An agent over real mutual TLS that does whatever it is told, at once and in memory: enough to see that what a client
 * asks for reaches a host, and that what the host says reaches the client.
 */
public final class ObligingAgent implements AutoCloseable {
    private static final String DATASTORE = "0b8d6f3e-5a2c-4c61-9d0f-6f2d3f1b7a11";

    /** Shapes by directory, shared by all agents of one test as a datastore is. */
    public static final class Shared {
        private final Map<String, VmSpec> specs = new ConcurrentHashMap<>();
    }

    private final FakeAgent agent;
    private final Shared shared;
    private final FakeAgent.Stream stream;
    private final Thread thread;
    private volatile boolean closed;

    public ObligingAgent(TestServer server, String token, Shared shared) throws Exception {
        this.agent = FakeAgent.enrol(server, token);
        this.shared = shared;
        this.stream = agent.connect(1);
        this.thread = Thread.ofVirtual().start(this::serve);
    }

    public HostId host() {
        return agent.host();
    }

    private void serve() {
        try {
            while (!closed) {
                ConnectResponse message = stream.received.poll(100, TimeUnit.MILLISECONDS);
                if (message != null && message.hasWelcome()) {
                    introduce();
                } else if (message != null && message.hasCommand()) {
                    Command command = message.getCommand();
                    stream.result(
                            obey(command).setCommandId(command.getCommandId()).build());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void introduce() {
        stream.send(ConnectRequest.newBuilder()
                .setHostFacts(HostFacts.newBuilder()
                        .setCpuModel("obliging")
                        .setCpuCount(8)
                        .setCpuMhz(2000)
                        .setMemoryBytes(16L << 30)
                        .setAccelerator("tcg")
                        .setAcceleratorReason("it is a test")
                        .setQemuVersion("7.2.5")
                        .setRelayAddress("127.0.1.1:7450")
                        .addDatastores(DatastoreFacts.newBuilder()
                                .setUuid(DATASTORE)
                                .setName("shared1")
                                .setCapacityBytes(100L << 30)
                                .setFreeBytes(90L << 30)
                                .setAccessible(true))
                        .addNetworks(
                                NetworkFacts.newBuilder().setName("VM Network").setKind("bridged")))
                .build());
        stream.send(ConnectRequest.newBuilder()
                .setVmInventory(VmInventory.getDefaultInstance())
                .build());
    }

    private CommandResult.Builder obey(Command command) {
        return switch (command.getOperationCase()) {
            case CREATE_VM ->
                off(command).setSpec(store(command, command.getCreateVm().getSpec()));
            case RECONFIGURE_VM ->
                off(command).setSpec(store(command, command.getReconfigureVm().getSpec()));
            case READ_VM_DIRECTORY -> read(command);
            case POWER_ON_VM, RESET_VM -> on(command);
            case POWER_OFF_VM, SHUTDOWN_VM, ADOPT_VM, RENAME_VM, SWITCH_FILES -> off(command);
            case SUSPEND_VM -> status(command, "suspended", false);
            case PREPARE_INCOMING -> status(command, "incoming", false);
            case START_MIGRATION -> startMigration(command);
            case SWITCH_OVER -> status(command, "handedOver", false).setMigration(migration());
            case ACTIVATE_INCOMING ->
                on(command)
                        .setActivation(ActivationResult.newBuilder()
                                .setRunning(true)
                                .setDowntimeMs(42.5)
                                .setDowntimeSource("guestTicker"));
            case RUN_PROGRAM ->
                CommandResult.newBuilder()
                        .setGuestProgram(GuestProgramResult.newBuilder()
                                .setExitCode(3)
                                .setStandardOutput(ByteString.copyFromUtf8(
                                        command.getRunProgram().getProgram() + " "
                                                + command.getRunProgram().getArgumentsList())));
            case READ_CONSOLE ->
                CommandResult.newBuilder()
                        .setConsoleLog(ConsoleLog.newBuilder()
                                .setContent(ByteString.copyFromUtf8("login: "))
                                .setTotalBytes(700));
            case SCREENSHOT -> CommandResult.newBuilder().setPng(ByteString.copyFromUtf8("PNG"));
            case BROWSE ->
                CommandResult.newBuilder()
                        .setListing(DirectoryListing.newBuilder()
                                .addEntries(FileEntry.newBuilder()
                                        .setPath(command.getBrowse().getDirectory() + "/disk0.qcow2")
                                        .setSizeBytes(7)));
            case QUERY_VM -> on(command);
            case DELETE_VM,
                    FORGET_VM,
                    CANCEL_MIGRATION,
                    ABORT_INCOMING,
                    ANNOUNCE_VM,
                    RELEASE_SOURCE,
                    MOVE_FILES,
                    CANCEL_FILE_MOVE,
                    REMOVE_MOVED_FILES,
                    RECEIVE_FILES,
                    SEND_FILES,
                    HAND_OVER_FILES,
                    TAKE_FILES,
                    APPLY_ALLOCATIONS,
                    POWER_OFF_HOST,
                    SEND_MAGIC_PACKET -> CommandResult.newBuilder();
            case OPERATION_NOT_SET -> throw new AssertionError("a command without an order: " + command);
        };
    }

    private VmSpec store(Command command, VmSpec spec) {
        VmSpec.Builder made = spec.toBuilder();
        for (int i = 0; i < made.getDisksCount(); i++) {
            DiskSpec.Builder disk = made.getDisksBuilder(i);
            disk.setFileName(disk.getLabel() + ".qcow2").setAllocatedBytes(4096);
        }
        shared.specs.put(command.getDirectory().getDirectory(), made.build());
        return made.build();
    }

    private CommandResult.Builder read(Command command) {
        VmSpec spec = shared.specs.get(command.getDirectory().getDirectory());
        return spec == null
                ? CommandResult.newBuilder()
                        .setFault(
                                Fault.newBuilder().setCode("FILE_NOT_FOUND").setMessage("There is no such directory."))
                : CommandResult.newBuilder().setSpec(spec);
    }

    private CommandResult.Builder startMigration(Command command) {
        stream.send(ConnectRequest.newBuilder()
                .setCommandProgress(CommandProgress.newBuilder()
                        .setCommandId(command.getCommandId())
                        .setPercent(50)
                        .setDetail("copying")
                        .setMigration(migration()))
                .build());
        return on(command).setMigration(migration());
    }

    private static MigrationStatus migration() {
        return MigrationStatus.newBuilder()
                .addRounds(MigrationRound.newBuilder()
                        .setNumber(1)
                        .setSentBytes(1000)
                        .setRemainingBytes(10)
                        .setDirtyRateBytesPerSecond(5)
                        .setDurationMs(20))
                .addRounds(MigrationRound.newBuilder()
                        .setNumber(2)
                        .setSentBytes(10)
                        .setDurationMs(2))
                .setSentBytes(1010)
                .setBandwidthBytesPerSecond(1_000_000)
                .setElapsedMs(22)
                .setConverged(true)
                .build();
    }

    private static CommandResult.Builder on(Command command) {
        return status(command, "poweredOn", true);
    }

    private static CommandResult.Builder off(Command command) {
        return status(command, "poweredOff", false);
    }

    private static CommandResult.Builder status(Command command, String state, boolean running) {
        return CommandResult.newBuilder()
                .setVm(VmStatus.newBuilder()
                        .setVmId(command.getVmId())
                        .setGeneration(command.getGeneration())
                        .setPowerState(state)
                        .setRunning(running)
                        .setGuestTools(running ? "running" : "unknown")
                        .addIpAddresses("10.77.0.9")
                        .setVncAddress(running ? "unix:/run/vnc" : "")
                        .setBootTimeEpochMs(running ? 1_900_000_000_000L : 0));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        agent.close();
    }
}
